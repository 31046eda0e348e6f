import type { ChartBlock, ReportBlock } from '@limaml/plugin';

const FORMS: readonly string[] = ['line', 'interval', 'scatter'] satisfies ChartBlock['form'][];

/** Whether this version can show a block; a later version of the contracts may have more kinds and forms. */
export function isKnown(block: ReportBlock): boolean {
  return block.kind === 'chart'
    ? FORMS.includes(block.form)
    : ['text', 'table'].includes(block.kind);
}

/** Stands for a block that this version cannot show. */
export function unknownBlock({ kind, ...block }: ReportBlock): string {
  const what = 'form' in block ? `A ${kind} of form "${block.form}"` : `A block of kind "${kind}"`;
  return `(${what}, which this version cannot show.)`;
}

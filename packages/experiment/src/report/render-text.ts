import type { ReportBlock, TableBlock } from '@limaml/plugin';
import { chartText } from './charts/chart-text.js';
import { alignOf, formatCell } from './format-cell.js';
import { isKnown, unknownBlock } from './unknown-block.js';

/**
 * Blocks of a report as text for a terminal, columns aligned, an empty line between blocks. Of a
 * chart there is its description, and small curves where it is made of lines.
 *
 * @example
 * ```ts
 * const columns = [{ name: 'model' }, { name: 'auc' }];
 * console.log(renderText([{ kind: 'table', title: 'Test tasks', columns, rows: [['LiMAML', 0.79]] }]));
 * ```
 */
export function renderText(blocks: readonly ReportBlock[]): string {
  return blocks.map(renderBlock).join('\n');
}

function renderBlock(block: ReportBlock): string {
  if (!isKnown(block)) return `${unknownBlock(block)}\n`;
  switch (block.kind) {
    case 'text':
      return `${block.text}\n`;
    case 'table':
      return renderTable(block);
    case 'chart':
      return chartText(block);
  }
}

function renderTable({ title, columns, rows }: TableBlock): string {
  const cells = rows.map((row) => row.map((cell, at) => formatCell(cell, columns[at]!)));
  const lines = [columns.map(({ name }) => name), ...cells];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  const pad = (cell: string, at: number): string =>
    alignOf(columns[at]!, at) === 'left' ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!);
  const text = lines.map((line) => line.map(pad).join('  ').trimEnd());
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return [title, text[0], rule, ...text.slice(1), ''].join('\n');
}

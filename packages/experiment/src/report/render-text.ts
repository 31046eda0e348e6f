import type { ReportBlock, TableBlock } from '@limaml/plugin';
import { alignOf, formatCell } from './format-cell.js';
import { unknownBlock } from './unknown-block.js';

/**
 * Blocks of a report as text for a terminal, columns aligned, an empty line between blocks.
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
  switch (block.kind) {
    case 'text':
      return `${block.text}\n`;
    case 'table':
      return renderTable(block);
    default:
      return `${unknownBlock(block)}\n`;
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

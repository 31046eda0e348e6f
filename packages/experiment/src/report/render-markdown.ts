import type { ReportBlock, TableBlock } from '@limaml/plugin';
import { alignOf, formatCell } from './format-cell.js';
import { unknownBlock } from './unknown-block.js';

/**
 * Blocks of a report as Markdown: paragraphs, and tables with their title in bold before them.
 *
 * @example
 * ```ts
 * const columns = [{ name: 'model' }, { name: 'auc' }];
 * console.log(renderMarkdown([{ kind: 'table', title: 'Test tasks', columns, rows: [['LiMAML', 0.79]] }]));
 * ```
 */
export function renderMarkdown(blocks: readonly ReportBlock[]): string {
  return blocks.map(renderBlock).join('\n');
}

function renderBlock(block: ReportBlock): string {
  switch (block.kind) {
    case 'text':
      return `${escape(block.text)}\n`;
    case 'table':
      return renderTable(block);
    default:
      return `${escape(unknownBlock(block))}\n`;
  }
}

function renderTable({ title, columns, rows }: TableBlock): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const aligned = columns.map((column, at) => (alignOf(column, at) === 'left' ? ':--' : '--:'));
  return [
    `**${escape(title)}**`,
    '',
    line(columns.map(({ name }) => escapeCell(name))),
    line(aligned),
    ...rows.map((row) => line(row.map((cell, at) => escapeCell(formatCell(cell, columns[at]!))))),
    '',
  ].join('\n');
}

/** Names of models and files may hold anything; none may become markup. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#]/g, '\\$&');
}

function escapeCell(text: string): string {
  return escape(text)
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');
}

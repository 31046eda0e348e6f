import type { ChartBlock, ReportBlock, TableBlock } from '@limaml/plugin';
import { alignOf, formatCell } from './format-cell.js';
import { isKnown, unknownBlock } from './unknown-block.js';

/**
 * Blocks of a report as Markdown: paragraphs, tables with their title in bold before them, links to pictures.
 *
 * @param figures where the pictures of charts are, as links; a chart without one has its description alone
 *
 * @example
 * ```ts
 * const columns = [{ name: 'model' }, { name: 'auc' }];
 * console.log(renderMarkdown([{ kind: 'table', title: 'Test tasks', columns, rows: [['LiMAML', 0.79]] }]));
 * ```
 */
export function renderMarkdown(
  blocks: readonly ReportBlock[],
  figures: ReadonlyMap<ChartBlock, string> = new Map(),
): string {
  return blocks.map((block) => renderBlock(block, figures)).join('\n');
}

function renderBlock(block: ReportBlock, figures: ReadonlyMap<ChartBlock, string>): string {
  if (!isKnown(block)) return `${escape(unknownBlock(block))}\n`;
  switch (block.kind) {
    case 'text':
      return block.format === 'code' ? renderCode(block.text) : `${escape(block.text)}\n`;
    case 'table':
      return renderTable(block);
    case 'chart':
      return renderChart(block, figures.get(block));
  }
}

/** The fence is longer than any in the text. */
function renderCode(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}text\n${text}\n${fence}\n`;
}

function renderChart({ title, description }: ChartBlock, path: string | undefined): string {
  const picture = path === undefined ? [] : [`![${escapeCell(title)}](${path})`, ''];
  return [`**${escapeCell(title)}**`, '', ...picture, escapeCell(description), ''].join('\n');
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

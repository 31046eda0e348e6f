import { chartProblem } from './check-charts.js';
import { describeValue } from './describe-value.js';
import { firstOf, isBound, isRecord, type Members } from './unknown-values.js';

/**
 * Finds what is wrong with what a report section rendered; undefined where nothing is. A block of a kind that
 * this version does not know is fine, if it is plain data: whoever shows it says so.
 *
 * @example
 * ```ts
 * findBlockProblem([{ kind: 'table', title: 'Wins', columns: [], rows: [['a']] }]);
 * // 'row 0 of the table "Wins" has 1 cells for 0 columns'
 * ```
 */
export function findBlockProblem(blocks: unknown): string | undefined {
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks))
    return `render() returned ${describeValue(blocks)}, not a list of blocks`;
  return firstOf(blocks, (block, at) => blockProblem(block, at));
}

function blockProblem(block: unknown, at: number): string | undefined {
  if (!isRecord(block) || typeof block.kind !== 'string')
    return `block ${at} is ${describeValue(block)}, which has no kind`;
  if (block.kind === 'text') return textProblem(block, at);
  if (block.kind === 'chart') return chartProblem(block, at);
  return block.kind === 'table' ? tableProblem(block, at) : undefined;
}

function textProblem({ text }: Members, at: number): string | undefined {
  return typeof text === 'string' ? undefined : `the text of block ${at} is ${describeValue(text)}`;
}

function tableProblem({ title, columns, rows }: Members, at: number): string | undefined {
  if (typeof title !== 'string') return `the title of block ${at} is ${describeValue(title)}`;
  const table = `the table ${JSON.stringify(title)}`;
  if (!Array.isArray(columns) || !Array.isArray(rows)) return `${table} lacks columns or rows`;
  const named = columns.every((column) => isRecord(column) && typeof column.name === 'string');
  if (!named) return `${table} has a column without a name`;
  return firstOf(rows, (row, index) => rowProblem(row, columns.length, `row ${index} of ${table}`));
}

function rowProblem(row: unknown, columns: number, where: string): string | undefined {
  if (!Array.isArray(row)) return `${where} is ${describeValue(row)}`;
  if (row.length !== columns) return `${where} has ${row.length} cells for ${columns} columns`;
  const wrong = row.findIndex((cell) => !isCell(cell));
  return wrong < 0 ? undefined : `cell ${wrong} of ${where} is ${describeValue(row[wrong])}`;
}

function isCell(cell: unknown): boolean {
  if (cell === null || typeof cell === 'string') return true;
  if (typeof cell === 'number') return Number.isFinite(cell);
  return isRecord(cell) && Number.isFinite(cell.mean) && isBound(cell.low) && isBound(cell.high);
}

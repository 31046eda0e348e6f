import type { ReportCell, ReportColumn } from '@limaml/plugin';

/** Where there is nothing. */
const NOTHING = '–';

/** A cell as its column wants it written: `0.7901`, `+0.0310 ±0.0040`, `71.3 %`. */
export function formatCell(cell: ReportCell, column: ReportColumn): string {
  if (cell === null) return NOTHING;
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return formatNumber(cell, column);
  const mean = formatNumber(cell.mean, column);
  if (cell.high === null) return mean;
  return `${mean} ±${(cell.high - cell.mean).toFixed(digitsOf(column))}`;
}

/** Where the cells of a column stand. */
export function alignOf(column: ReportColumn, index: number): 'left' | 'right' {
  return column.align ?? (index === 0 ? 'left' : 'right');
}

function formatNumber(value: number, column: ReportColumn): string {
  const sign = value < 0 ? '−' : column.signed ? '+' : '';
  return `${sign}${Math.abs(value).toFixed(digitsOf(column))}${column.unit ?? ''}`;
}

function digitsOf({ digits = 4 }: ReportColumn): number {
  return digits;
}

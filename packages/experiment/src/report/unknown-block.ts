import type { ReportBlock } from '@limaml/plugin';

/** Stands for a block of a kind that a later version of the contracts has. */
export function unknownBlock(block: never): string {
  return `(A block of kind "${(block as ReportBlock).kind}", which this version cannot show.)`;
}

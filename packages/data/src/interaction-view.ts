import type { InteractionLog, InteractionView, Table } from '@limaml/plugin';

/** A view of one row of a log. Moved from row to row, so that a million rows cost no million objects. */
export interface MovingView extends InteractionView {
  row: number;
}

/** A view of a log's first row. */
export function createInteractionView(log: InteractionLog): MovingView {
  const refOf = (type: string, row: number): number => log.refs[type]?.[row] ?? -1;
  return {
    row: 0,
    get timestamp(): number {
      return log.timestamp[this.row]!;
    },
    entityId(type) {
      return log.entities[type]?.ids[refOf(type, this.row)];
    },
    category(type, column) {
      return categoryAt(log.entities[type]?.table, column, refOf(type, this.row));
    },
    context(column) {
      return categoryAt(log.context, column, this.row);
    },
  };
}

/** Undefined where there is no such column of categories, or no value. */
function categoryAt(table: Table | undefined, name: string, row: number): string | undefined {
  const column = table?.columns[name];
  return column?.kind === 'category' ? column.categories[column.codes[row] ?? -1] : undefined;
}

import type { EntityTable, ReadReport } from '@limaml/plugin';
import { listColumn, numberColumn } from '../columns.js';
import { categoriesOf, readViewFile } from './source.js';
import type { Reading, ViewFile } from './source.js';
import type { Views } from './views.js';

/** Members as the files of profiles describe them. */
export interface Profiles {
  readonly member: EntityTable;
  readonly malformed: ReadReport['malformed'];
}

/**
 * Reads what members entered about themselves. What was entered after a member's first view is left out: it
 * was not known yet when the views were scored.
 *
 * @throws what `readViewFile` throws
 */
export async function readProfiles(reading: Reading, views: Views): Promise<Profiles> {
  const interests = await readViewFile(reading, 'Positions_Of_Interest.csv', 'Created.At', {
    'Position.Of.Interest': 'categorical',
  });
  const experience = await readViewFile(reading, 'Experience_nodesc.csv', 'Created.At', {
    'Position.Name': 'categorical',
  });
  const known = knownBefore(views);
  const wanted = known(interests, 'Position.Of.Interest').map((values) => values.map(plain));
  const held = known(experience, 'Position.Name').map(({ length }) => length);
  return {
    member: memberTable(views.memberIds, wanted, held),
    malformed: [...interests.report.malformed, ...experience.report.malformed],
  };
}

function memberTable(
  ids: readonly string[],
  wanted: readonly (readonly string[])[],
  held: readonly number[],
): EntityTable {
  return {
    ids,
    table: {
      rows: ids.length,
      columns: { interests: listColumn(wanted), positions_held: numberColumn(held) },
    },
    features: [
      { name: 'interests', kind: 'multi', minCount: 5, maxLength: 8 },
      { name: 'positions_held', kind: 'dense', transform: 'log1p' },
    ],
  };
}

/** Gives the values of a column for each member, those entered before the member's first view. */
function knownBefore(views: Views): (file: ViewFile, column: string) => string[][] {
  const first = new Map<string, number>();
  views.member.forEach((member, row) => {
    const id = views.memberIds[member]!;
    first.set(id, Math.min(first.get(id) ?? Infinity, views.timestamp[row]!));
  });
  const rowOf = new Map(views.memberIds.map((id, row) => [id, row]));
  return ({ member, members, timestamp, columns }, column) => {
    const lists = views.memberIds.map((): string[] => []);
    categoriesOf(columns[column]!).forEach((value, row) => {
      const id = members[member[row]!]!;
      if (value !== undefined && timestamp[row]! < (first.get(id) ?? -Infinity))
        lists[rowOf.get(id)!]!.push(value);
    });
    return lists;
  };
}

function plain(title: string): string {
  return title.trim().toLowerCase();
}

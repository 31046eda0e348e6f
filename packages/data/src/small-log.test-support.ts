import { defineEntity } from '@limaml/plugin';
import type { InteractionLog } from '@limaml/plugin';
import { categoryColumn, emptyTable, listColumn, numberColumn } from './columns.js';
import { createRandom } from './random.js';

/** Members are the tasks. */
export const member = defineEntity({
  name: 'member',
  taskId: (interaction) => interaction.entityId('member'),
  features: 'dataset',
  metaFeatures: 'all',
  support: { maxSize: 40 },
  coldStart: { defaults: {} },
});

/** A random log with every kind of feature, missing values and equal timestamps. */
export function smallLog(seed: number, rows = 60, members = 5, movies = 8): InteractionLog {
  const random = createRandom(seed, 99);
  const times = <Item>(count: number, draw: () => Item): Item[] =>
    Array.from({ length: count }, draw);
  const maybe = <Item>(value: Item): Item | undefined =>
    random.uniform() < 0.2 ? undefined : value;
  const rating = times(rows, () => maybe(1 + random.int(5)));
  return {
    name: 'small',
    rows,
    timestamp: Float64Array.from(times(rows, () => random.int(20) * 1000)),
    label: Float32Array.from(times(rows, () => random.int(2))),
    refs: {
      member: Int32Array.from(times(rows, () => random.int(members))),
      movie: Int32Array.from(times(rows, () => random.int(movies + 1) - 1)),
    },
    entities: {
      member: {
        ids: times(members, () => '').map((_, at) => `u${at}`),
        table: {
          rows: members,
          columns: {
            country: categoryColumn(times(members, () => maybe(`c${random.int(3)}`))),
            age: numberColumn(times(members, () => maybe(random.int(60)))),
          },
        },
        features: [
          { name: 'country', kind: 'categorical' },
          { name: 'age', kind: 'dense' },
        ],
      },
      movie: {
        ids: times(movies, () => '').map((_, at) => `m${at}`),
        table: {
          rows: movies,
          columns: {
            genres: listColumn(
              times(movies, () => times(random.int(5), () => `g${random.int(6)}`)),
            ),
            length: numberColumn(times(movies, () => maybe(80 + random.int(60)))),
          },
        },
        features: [
          { name: 'genres', kind: 'multi', maxLength: 3 },
          { name: 'length', kind: 'dense', transform: 'log1p' },
        ],
      },
    },
    candidate: 'movie',
    context: { rows, columns: { device: categoryColumn(times(rows, () => `d${random.int(2)}`)) } },
    contextFeatures: [{ name: 'device', kind: 'categorical' }],
    outcomes: { rows, columns: { rating: numberColumn(rating) } },
    outcomeFeatures: [
      { name: 'rating', kind: 'dense' },
      { name: 'rating_value', kind: 'categorical', column: 'rating' },
    ],
    report: { rowsRead: rows, rowsKept: rows, malformed: [] },
  };
}

/** A log of one member with the given timestamps, in milliseconds. */
export function logOfTimes(timestamps: readonly number[]): InteractionLog {
  const rows = timestamps.length;
  return {
    ...smallLog(1, rows, 1),
    timestamp: Float64Array.from(timestamps),
    outcomes: emptyTable(rows),
    outcomeFeatures: [],
  };
}

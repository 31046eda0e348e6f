import { describe, expect, it } from 'vitest';
import { defineEntity } from '@limaml/plugin';
import type { InteractionLog } from '@limaml/plugin';
import { buildTasks, fitEncoders, rowsOfTasks, splitTasks } from '../index.js';
import type { EncodedLog } from '../index.js';
import { smallLog } from '../small-log.test-support.js';

/** Movies are the tasks, as in item cold start. */
const movie = defineEntity({
  name: 'movie',
  taskId: (interaction) => interaction.entityId('movie'),
  features: 'dataset',
  metaFeatures: 'all',
  support: { maxSize: 40 },
  coldStart: { defaults: {} },
});

const log: InteractionLog = { ...smallLog(2, 900, 12, 40), candidate: 'member' };
const tasks = buildTasks(log, movie);
const trained = splitTasks(tasks, { seed: 1 }).train;
const trainRows = rowsOfTasks(tasks, trained);
const fit = (of: InteractionLog) =>
  fitEncoders(of, movie, { tasks, trainRows, factors: { dim: 2, precision: 5 } });

const rowsOf = (task: number) => [
  ...tasks.rows.subarray(tasks.offsets[task], tasks.offsets[task + 1]),
];

/** What one log row reads of a feature. */
function valueOf(encoded: EncodedLog, feature: string, row: number): number[] {
  const { data, stride, index } = encoded.columns[feature]!;
  return Array.from(data.subarray(index![row]! * stride, (index![row]! + 1) * stride));
}

describe('members as candidates of movies', () => {
  const encoders = fit(log);
  const encoded = encoders.encode(log, tasks, { trainRows });

  it('have their own features in the row, those of movies are the entity’s', () => {
    const names = encoders.schema.features.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['entity.id', 'entity.genres', 'row.member', 'row.country']),
    );
    expect(names.filter((name) => /movie|row\.genres/.test(name))).toEqual([]);
    expect(encoders.schema.features.find(({ role }) => role === 'candidate-id')?.name).toBe(
      'row.member',
    );
  });

  it('have rates over the rows of training movies', () => {
    const served = encoders.encode(log, tasks);
    const rows = [...trainRows.keys()].filter(
      (row) => trainRows[row] && log.refs.movie![row]! >= 0,
    );
    const mean = (some: number[], prior = 0, n = 0) =>
      (some.reduce((sum, row) => sum + log.label[row]!, 0) + prior) / (some.length + n);
    const own = rows.filter((row) => log.refs.member![row] === 3);
    const rate = mean(own, 10 * mean(rows), 10);
    const row = log.refs.member!.indexOf(3);
    expect(valueOf(served, 'row.like_rate', row)[0]).toBeCloseTo(Math.log(rate / (1 - rate)), 4);
  });

  it('tell a training movie nothing of its own labels', () => {
    const task = trained.find((one) => new Set(rowsOf(one).map((row) => log.label[row])).size > 1)!;
    const rows = rowsOf(task);
    // Its labels in another order: the global rate, which is no one's own, stays as it is.
    const label = log.label.slice();
    rows.forEach((row, at) => (label[row] = log.label[rows.at(-1 - at)!]!));
    const other = { ...log, label };
    const changed = fit(other).encode(other, tasks, { trainRows });
    const elsewhere = [...trained].flatMap(rowsOf).filter((row) => !rows.includes(row));
    const reads = (some: number[], from: EncodedLog) =>
      some.map((row) => valueOf(from, 'row.like_rate', row));
    expect(reads(rows, changed)).toEqual(reads(rows, encoded));
    expect(reads(elsewhere, changed)).not.toEqual(reads(elsewhere, encoded));
  });

  it('have factors, finite also for members never seen', () => {
    const factors = encoders.encodeRow({ member: 'never' })['row.factors']!;
    expect(factors).toHaveLength(3);
    expect(factors.every(Number.isFinite)).toBe(true);
    expect(encoders.toJSON().factors!.loadings.some((loading) => loading !== 0)).toBe(true);
  });
});

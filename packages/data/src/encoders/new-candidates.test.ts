import { describe, expect, it } from 'vitest';
import type { InteractionLog } from '@limaml/plugin';
import { buildTasks, fitEncoders, loadEncoders, rowsOfTasks, tableRecord } from '../index.js';
import type { EncodedLog, Encoders } from '../index.js';
import { categoryColumn } from '../columns.js';
import { createRandom } from '../random.js';
import { member, smallLog } from '../small-log.test-support.js';

const MOVIES = 40;
const KINDS = 2;

/** Movies of two kinds, the second liked much more; the last ten movies have no training row. */
function plantedLog(): InteractionLog {
  const log = smallLog(3, 2400, 80, MOVIES);
  const random = createRandom(5);
  const movie = log.refs.member!.map((one) => random.int(one < 70 ? MOVIES - 10 : MOVIES));
  const label = Float32Array.from(movie, (one) =>
    Number(random.uniform() < (one % KINDS === 0 ? 0.2 : 0.8)),
  );
  const kind = categoryColumn(Array.from({ length: MOVIES }, (_, at) => `k${at % KINDS}`));
  const entity = log.entities.movie!;
  const table = { ...entity.table, columns: { kind } };
  const features = [{ name: 'kind', kind: 'categorical' }] as const;
  const entities = { ...log.entities, movie: { ...entity, table, features } };
  return { ...log, label, refs: { ...log.refs, movie }, entities };
}

const log = plantedLog();
const tasks = buildTasks(log, member);
const trained = [...tasks.taskIds.keys()].filter(
  (task) => Number(tasks.taskIds[task]!.slice(1)) < 70,
);
const trainRows = rowsOfTasks(tasks, trained);
const factors = { dim: 2, precision: 20 };
const fit = (newCandidates: boolean): Encoders =>
  fitEncoders(log, member, { tasks, trainRows, factors, newCandidates });

const encoders = fit(true);

function value(encoded: EncodedLog, feature: string, row: number): number {
  const { data, stride, index } = encoded.columns[feature]!;
  return data[index![row]! * stride]!;
}

const read = (from: Encoders, movie: string, feature: string): number =>
  from.encodeRow({ movie, kind: `k${Number(movie.slice(1)) % KINDS}` })[feature]![0]!;

describe('encoders for new candidates', () => {
  it('say of a candidate without training rows what its features say', () => {
    const rates = ['m38', 'm39'].map((movie) => read(encoders, movie, 'row.like_rate'));
    expect(rates[0]).toBeLessThan(-0.6);
    expect(rates[1]).toBeGreaterThan(0.6);
    const means = ['m38', 'm39'].map((movie) => read(encoders, movie, 'row.factor_mean'));
    expect(means[1]! - means[0]!).toBeGreaterThan(0.5);
    const without = fit(false);
    expect(read(without, 'm38', 'row.like_rate')).toBe(read(without, 'm39', 'row.like_rate'));
  });

  it('encode the same numbers from a log, and from records after a round trip through JSON', () => {
    const restored = loadEncoders(JSON.parse(JSON.stringify(encoders)));
    const encoded = encoders.encode(log, tasks);
    const { ids, table } = log.entities.movie!;
    for (let row = 0; row < log.rows; row += 97) {
      const movie = log.refs.movie![row]!;
      const record = restored.encodeRow({ ...tableRecord(table, movie), movie: ids[movie]! });
      for (const name of ['row.like_rate', 'row.factors', 'row.factor_mean', 'row.movie']) {
        expect([name, record[name]![0]]).toEqual([name, value(encoded, name, row)]);
      }
    }
  });

  it('show training tasks a share of the candidates as if they were new', () => {
    const encoded = encoders.encode(log, tasks, { trainRows });
    const rows = [...trainRows.keys()].filter((row) => trainRows[row]);
    const never = read(encoders, 'm38', 'row.log_popularity');
    const hidden = rows.filter((row) => value(encoded, 'row.log_popularity', row) === never);
    expect(hidden.length / rows.length).toBeGreaterThan(0.1);
    expect(hidden.length / rows.length).toBeLessThan(0.3);
    // All that is left of them is their kind: of one kind and fold they are alike.
    const shown = hidden.map((row) => value(encoded, 'row.like_rate', row).toFixed(4));
    expect(new Set(shown).size).toBeLessThanOrEqual(5 * KINDS);
  });

  it('show no row its own label', () => {
    const label = log.label.map((one, row) => (log.refs.member![row] === 3 ? 1 - one : one));
    const other = { ...log, label };
    const changed = fitEncoders(other, member, { tasks, trainRows, newCandidates: true });
    const plain = fitEncoders(log, member, { tasks, trainRows, newCandidates: true });
    const own = [...trainRows.keys()].filter((row) => log.refs.member![row] === 3);
    const rates = (from: Encoders, of: InteractionLog): string[] => {
      const encoded = from.encode(of, tasks, { trainRows });
      return own.map((row) => value(encoded, 'row.like_rate', row).toFixed(5));
    };
    expect(rates(changed, other)).toEqual(rates(plain, log));
  });
});

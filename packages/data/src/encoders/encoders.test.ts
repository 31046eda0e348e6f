import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineEntity } from '@limaml/plugin';
import type { InteractionLog } from '@limaml/plugin';
import { buildTasks, fitEncoders, loadEncoders, rowsOfTasks, tableRecord } from '../index.js';
import type { EncodedLog, Encoders, FeatureRecord } from '../index.js';
import { member, smallLog } from '../small-log.test-support.js';

const RUNS = { seed: 1, numRuns: 40 };
const seeds = fc.integer({ min: 0, max: 1e6 });

function fitted(seed: number, trained: readonly number[] = [0, 1, 2]) {
  const log = smallLog(seed);
  const tasks = buildTasks(log, member);
  const trainRows = rowsOfTasks(tasks, trained);
  return { log, tasks, trainRows, encoders: fitEncoders(log, member, { tasks, trainRows }) };
}

/** Entry of a feature for a log row (a task for entity features). */
function entry(encoded: EncodedLog, name: string, at: number): number[] {
  const { data, stride, index } = encoded.columns[name]!;
  const from = (index?.[at] ?? at) * stride;
  return [...data.subarray(from, from + stride)];
}

function rowRecord(log: InteractionLog, row: number): FeatureRecord {
  const movie = log.refs.movie![row]!;
  const { ids, table } = log.entities.movie!;
  return {
    ...tableRecord(log.context, row),
    ...(movie < 0 ? {} : { ...tableRecord(table, movie), movie: ids[movie]! }),
  };
}

describe('encoders', () => {
  it('make a rate of labels that are numbers their deviation from the mean', () => {
    const log = smallLog(1);
    const rating = { ...log, label: log.label.map((label) => 4 * label - 1) };
    const tasks = buildTasks(rating, member);
    const trainRows = rowsOfTasks(tasks, [0, 1, 2]);
    const rows = [...trainRows.keys()].filter(
      (row) => trainRows[row] && log.refs.movie![row]! >= 0,
    );
    const sum = (some: readonly number[]) => some.reduce((all, row) => all + rating.label[row]!, 0);
    const mean = sum(rows) / rows.length;
    const own = rows.filter((row) => log.refs.movie![row] === 2);
    const encoders = fitEncoders(rating, member, { tasks, trainRows });
    const [rate] = encoders.encodeRow({ movie: 'm2' })['row.like_rate']!;
    expect(rate).toBeCloseTo((sum(own) + 10 * mean) / (own.length + 10) - mean, 5);
    expect(encoders.encodeRow({ movie: 'new' })['row.like_rate']![0]).toBeCloseTo(0, 6);
  });

  it('encode a log and a record to the same numbers, also after a round trip through JSON', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { log, tasks, encoders } = fitted(seed);
        const restored = loadEncoders(JSON.parse(JSON.stringify(encoders)));
        const encoded = encoders.encode(log, tasks);
        for (let row = 0; row < log.rows; row += 7) {
          const parts = {
            ...restored.encodeRow(rowRecord(log, row)),
            ...restored.encodeOutcome(tableRecord(log.outcomes, row)),
          };
          for (const [name, values] of Object.entries(parts)) {
            expect([name, ...values]).toEqual([name, ...entry(encoded, name, row)]);
          }
        }
        tasks.taskIds.forEach((id, task) => {
          const at = log.entities.member!.ids.indexOf(id);
          const record = { id, ...tableRecord(log.entities.member!.table, at) };
          for (const [name, values] of Object.entries(restored.encodeEntity(record))) {
            expect([name, ...values]).toEqual([name, ...entry(encoded, name, task)]);
          }
        });
      }),
      RUNS,
    );
  });

  it('write rows to the numbers that they encode to, whatever they hold', () => {
    const item = fc.constantFrom<string | number>(
      'g1',
      'm3',
      'd1',
      'c0',
      'never',
      '',
      3,
      NaN,
      97.5,
    );
    const value = fc.oneof(
      item,
      fc.constantFrom(null, undefined, true, Infinity, -1e300),
      fc.array(item, { maxLength: 6 }),
    );
    const record = fc.dictionary(
      fc.constantFrom('movie', 'genres', 'length', 'device', 'x'),
      value,
    );
    const { encoders } = fitted(27);
    const names = Object.keys(encoders.encodeRow({})).reverse();
    const writer = encoders.createRowWriter(names);
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), record, (records, context) => {
        const expected = records.map((one) => encoders.encodeRow({ ...context, ...one }));
        // Whatever was there before is overwritten.
        const into = names.map((name) => filled(expected[0]![name]!, records.length));
        records.forEach((one, row) => {
          writer(one, into, row, context);
        });
        names.forEach((name, at) => {
          expect([name, ...into[at]!]).toEqual([name, ...expected.flatMap((e) => [...e[name]!])]);
        });
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(() => encoders.createRowWriter(['row.nothing'])).toThrow('FEATURE_MISSING');
  });

  it('look at training rows only', () => {
    const { log, tasks, trainRows, encoders } = fitted(5);
    const other = (value: number, row: number): number => (trainRows[row] ? value : 1 - value);
    const changed = { ...log, label: log.label.map(other) };
    const again = fitEncoders(changed, member, { tasks, trainRows });
    expect(JSON.stringify(again)).toBe(JSON.stringify(encoders));
  });

  it('standardise dense features to mean 0 and variance 1 over training rows', () => {
    const { log, tasks, trainRows, encoders } = fitted(7);
    const encoded = encoders.encode(log, tasks);
    const values = [...trainRows.keys()]
      .filter((row) => trainRows[row] && !Number.isNaN(ratingOf(log, row)))
      .map((row) => entry(encoded, 'outcome.rating', row)[0]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(variance).toBeCloseTo(1, 5);
  });

  it('give unseen values the id 1, missing ones the training mean, 1 or padding', () => {
    const { encoders } = fitted(9);
    const unseen = encoders.encodeRow({ movie: 'never', genres: ['never'], device: 'never' });
    expect([...unseen['row.movie']!]).toEqual([1]);
    expect([...unseen['row.genres']!]).toEqual([1, 0, 0]);
    const missing = encoders.encodeRow({ length: NaN, device: null });
    expect([...missing['row.length']!]).toEqual([0]);
    expect([...missing['row.device']!]).toEqual([1]);
    expect([...missing['row.genres']!]).toEqual([0, 0, 0]);
    expect([...encoders.encodeRow({ length: Infinity })['row.length']!]).toEqual([0]);
  });

  it('keep the last values of long lists', () => {
    const { encoders } = fitted(9);
    const ids = (genres: string[]) => [...encoders.encodeRow({ genres })['row.genres']!];
    expect(ids(['x', 'g1', 'g2', 'g3'])).toEqual(ids(['g1', 'g2', 'g3']));
  });

  it('give an unknown candidate the global rate', () => {
    const { log, trainRows, encoders } = fitted(11);
    const labels = [...log.label].filter((_, row) => trainRows[row] && log.refs.movie![row]! >= 0);
    const rate = labels.reduce((sum, label) => sum + label, 0) / labels.length;
    const unknown = encoders.encodeRow({ movie: 'never' })['row.like_rate']![0]!;
    expect(unknown).toBeCloseTo(Math.log(rate / (1 - rate)), 5);
  });

  it('take cold-start defaults for missing features and unknown entities', () => {
    const { log, tasks, trainRows } = fitted(13);
    const entity = defineEntity({ ...member, coldStart: { defaults: { country: 'c1', age: 30 } } });
    const encoders = fitEncoders(log, entity, { tasks, trainRows });
    const known = encoders.encodeEntity({ id: 'u1', country: 'c1', age: 30 });
    const { 'entity.id': id, ...unknown } = encoders.encodeEntity();
    expect([...id!]).toEqual([1]);
    for (const [name, values] of Object.entries(unknown)) expect(values).toEqual(known[name]);
  });

  it('describe every feature in the schema', () => {
    const { log, tasks, encoders } = fitted(15);
    const encoded = encoders.encode(log, tasks);
    const names = encoders.schema.features.map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(encoded.columns)));
    expect(encoders.schema.metaFeatures).toEqual(['entity.id', 'entity.country', 'entity.age']);
    for (const { name, size, kind } of encoders.schema.features) {
      const { data } = encoded.columns[name]!;
      if (kind !== 'dense') expect(Math.max(...data)).toBeLessThan(size);
    }
  });

  it('put the ids of idRows into the id vocabulary and nothing else', () => {
    const { log, tasks, trainRows, encoders } = fitted(17);
    const wider = fitEncoders(log, member, {
      tasks,
      trainRows,
      idRows: rowsOfTasks(tasks, [0, 1, 2, 3]),
    });
    const size = (fittedTo: Encoders) => fittedTo.schema.features[0]!.size;
    expect(size(wider)).toBe(size(encoders) + 1);
    const withoutId = (fittedTo: Encoders) => ({ ...fittedTo.toJSON(), entityId: undefined });
    expect(withoutId(wider)).toEqual(withoutId(encoders));
  });
});

describe('out-of-fold rates', () => {
  it('hold nothing of the fold of the row itself', () => {
    const log = smallLog(21, 400, 20);
    const tasks = buildTasks(log, member);
    const trained = [...tasks.taskIds.keys()].slice(0, 15);
    const trainRows = rowsOfTasks(tasks, trained);
    const rateAt = (source: InteractionLog, row: number): number => {
      const encoders = fitEncoders(source, member, { tasks, trainRows });
      return entry(encoders.encode(source, tasks, { trainRows }), 'row.like_rate', row)[0]!;
    };
    // With all labels 1 but one's own task's, the prior rate moves; so two tasks are flipped by turns.
    const row = tasks.rows[tasks.offsets[0]!]!;
    const candidate = log.refs.movie![row]!;
    const { encoders } = fitted(21);
    expect(encoders.toJSON().statistics.smoothing).toBe(10);
    const swapped = log.label.slice();
    const own = [...tasks.rows.subarray(0, tasks.offsets[1])];
    const mine = own.find((at) => log.refs.movie![at] === candidate)!;
    const opposite = own.find(
      (at) => log.label[at] !== log.label[mine] && log.refs.movie![at] !== candidate,
    )!;
    // Exchanging two labels of one task leaves the global rate alone.
    [swapped[mine], swapped[opposite]] = [swapped[opposite]!, swapped[mine]!];
    expect(rateAt({ ...log, label: swapped }, row)).toBeCloseTo(rateAt(log, row), 6);
  });

  it('leave rows outside the training rows with the rates of all', () => {
    const { log, tasks, trainRows, encoders } = fitted(23);
    const plain = encoders.encode(log, tasks);
    const crossed = encoders.encode(log, tasks, { trainRows });
    let different = 0;
    for (let row = 0; row < log.rows; row++) {
      const [before, after] = [plain, crossed].map((e) => entry(e, 'row.like_rate', row)[0]!);
      if (trainRows[row]) different += before === after ? 0 : 1;
      else expect(after).toBe(before);
    }
    expect(different).toBeGreaterThan(0);
  });
});

describe('errors of encoders', () => {
  it('name what is wrong', () => {
    const { log, tasks, trainRows, encoders } = fitted(25);
    const fit =
      (changed: Partial<InteractionLog>, entity = member) =>
      () =>
        fitEncoders({ ...log, ...changed }, entity, { tasks, trainRows });
    const none = new Uint8Array(log.rows);
    expect(() => fitEncoders(log, member, { tasks, trainRows: none })).toThrow('NO_TRAINING_ROWS');
    expect(fit({ contextFeatures: [{ name: 'devise', kind: 'categorical' }] })).toThrow(
      'Did you mean "device"',
    );
    expect(fit({ contextFeatures: [{ name: 'device', kind: 'dense' }] })).toThrow('FEATURE_KIND');
    expect(
      fit({ contextFeatures: [{ name: 'genres', kind: 'categorical', column: 'device' }] }),
    ).toThrow('FEATURE_NAME');
    expect(fit({ candidate: 'song' })).toThrow('ENTITY_UNKNOWN');
    const refs = { member: log.refs.member! };
    expect(() => encoders.encode({ ...log, refs }, tasks)).toThrow('LOG_MISMATCH');
    expect(() => loadEncoders({ ...encoders.toJSON(), version: 99 })).toThrow('ENCODERS_VERSION');
    expect(() => loadEncoders({ version: 1 })).toThrow('ENCODERS_INVALID');
    expect(() => loadEncoders('x')).toThrow('ENCODERS_INVALID');
    expect(() =>
      fitEncoders(log, member, { tasks, trainRows, factors: { target: 'stars' } }),
    ).toThrow('LIMAML_ERR_DATA_OPTION');
  });
});

function ratingOf(log: InteractionLog, row: number): number {
  const column = log.outcomes.columns.rating!;
  return column.kind === 'number' ? column.values[row]! : NaN;
}

/** Sevens in the place of some entries. */
function filled(entry: Float32Array | Int32Array, entries: number) {
  const length = entry.length * entries;
  return entry instanceof Float32Array
    ? new Float32Array(length).fill(7)
    : new Int32Array(length).fill(7);
}

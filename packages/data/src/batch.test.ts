import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spec } from '@limaml/graph';
import type { TensorSpec } from '@limaml/graph';
import { buildTasks, createBatchAssembler, fitEncoders, randomCut, rowsOfTasks } from './index.js';
import type { Batch, EncodedLog, Episode } from './index.js';
import { member, smallLog } from './small-log.test-support.js';

const SIZES = { tasks: 4, support: 6, query: 5 };

function prepare(seed: number) {
  const log = smallLog(seed);
  const tasks = buildTasks(log, member);
  const all = [...tasks.taskIds.keys()];
  const encoders = fitEncoders(log, member, { tasks, trainRows: rowsOfTasks(tasks, all) });
  const encoded = encoders.encode(log, tasks);
  const inputs = {
    entity: inputsOf(encoded, 'entity'),
    rows: inputsOf(encoded, 'row'),
    outcomes: inputsOf(encoded, 'outcome'),
  };
  const cut = { maxSupport: 6, maxQuery: 5, minSupport: 0, seed };
  const episodes = (epoch: number) => randomCut(tasks, all, { ...cut, epoch }).slice(0, 4);
  return { encoded, inputs, episodes };
}

function inputsOf(encoded: EncodedLog, owner: string): Record<string, TensorSpec> {
  const features = encoded.schema.filter((feature) => feature.owner === owner);
  return Object.fromEntries(features.map(({ name }) => [name, spec(['T'])]));
}

/** What a feed must hold at task t, place b: the entry of the log row, or zeros. */
function expected(
  encoded: EncodedLog,
  feature: string,
  episode: Episode | undefined,
  part: 'support' | 'query',
  place: number,
): number[] {
  const { data, stride, index } = encoded.columns[feature]!;
  const start = episode ? episode[`${part}Start`] : 0;
  const end = episode ? episode[`${part}End`] : 0;
  if (start + place >= end) return new Array<number>(stride).fill(0);
  const row = encoded.tasks.rows[start + place]!;
  const from = (index?.[row] ?? row) * stride;
  return [...data.subarray(from, from + stride)];
}

function assertBatch(encoded: EncodedLog, batch: Batch, episodes: readonly Episode[]): void {
  for (const [name, tensor] of Object.entries(batch.feeds)) {
    const [part, feature] = name.split('/') as ['support' | 'query', string | undefined];
    if (feature === undefined || feature === 'label' || feature === 'mask') continue;
    const {
      stride,
      feature: { vocabulary },
    } = encoded.columns[feature]!;
    const ids = batch.ids[vocabulary];
    const width = SIZES[part];
    for (let at = 0; at < SIZES.tasks * width; at++) {
      const got = [...tensor.data.subarray(at * stride, (at + 1) * stride)];
      const task = Math.floor(at / width);
      const global = got.map((value) => (ids ? ids[value]! : value));
      expect([name, ...global]).toEqual([
        name,
        ...expected(encoded, feature, episodes[task], part, at % width),
      ]);
    }
  }
}

describe('batch assembly', () => {
  it('puts every row where it belongs and zeros elsewhere, batch after batch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const { encoded, inputs, episodes } = prepare(seed);
        const vocabularies = ['row.movie', 'row.genres', 'entity.id'];
        const queryOutcomes = Object.keys(inputs.outcomes);
        const options = { ...SIZES, inputs, queryOutcomes, vocabularies };
        const assembler = createBatchAssembler(encoded, options);
        // A full batch first, so that a later smaller one would show what was left behind.
        for (const count of [4, 2, 3]) {
          const chosen = episodes(count).slice(0, count);
          const batch = assembler.assemble(chosen);
          expect(batch.tasks).toBe(chosen.length);
          assertBatch(encoded, batch, chosen);
          assertMasks(encoded, batch, chosen);
          assertIds(batch);
        }
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('reuses its buffers and gives the same batch for the same episodes', () => {
    const { encoded, inputs, episodes } = prepare(4);
    const assembler = createBatchAssembler(encoded, {
      ...SIZES,
      inputs,
      vocabularies: ['row.movie'],
    });
    const first = assembler.assemble(episodes(1));
    const copy = structuredClone(first);
    const data = first.feeds['support/mask']!.data;
    assembler.assemble(episodes(2));
    const again = assembler.assemble(episodes(1));
    expect(again.feeds['support/mask']!.data).toBe(data);
    expect(structuredClone(again)).toEqual(copy);
  });

  it('tells what came of query rows only where it is asked to', () => {
    const { encoded, inputs, episodes } = prepare(4);
    const [outcome] = Object.keys(inputs.outcomes);
    const options = { ...SIZES, inputs, vocabularies: [] };
    const { feeds } = createBatchAssembler(encoded, options).assemble(episodes(1));
    expect(Object.keys(feeds)).not.toContain(`query/${outcome!}`);
    const asked = createBatchAssembler(encoded, { ...options, queryOutcomes: [outcome!] });
    expect(Object.keys(asked.assemble(episodes(1)).feeds)).toContain(`query/${outcome!}`);
  });

  it('leaves parts of size 0 out', () => {
    const { encoded, inputs, episodes } = prepare(4);
    const assembler = createBatchAssembler(encoded, {
      ...SIZES,
      query: 0,
      inputs,
      vocabularies: ['row.movie'],
    });
    const names = Object.keys(assembler.assemble(episodes(1)).feeds);
    expect(names.some((name) => name.startsWith('query/'))).toBe(false);
    expect(names).toContain('support/label');
  });

  it('refuses what does not fit, and features it does not have', () => {
    const { encoded, inputs, episodes } = prepare(4);
    const options = { ...SIZES, inputs, vocabularies: [] };
    const make = (changed: object) => () =>
      createBatchAssembler(encoded, { ...options, ...changed });
    expect(make({ inputs: { ...inputs, rows: { 'row.nothing': spec(['T']) } } })).toThrow(
      'FEATURE_MISSING',
    );
    expect(make({ vocabularies: ['row.nothing'] })).toThrow('FEATURE_MISSING');
    const small = createBatchAssembler(encoded, { ...options, tasks: 1, support: 1, query: 1 });
    expect(() => small.assemble(episodes(1))).toThrow('BATCH_SIZE');
    const large = episodes(1).filter((e) => e.supportEnd - e.supportStart > 1);
    expect(() => small.assemble(large.slice(0, 1))).toThrow('EPISODE_SIZE');
  });
});

function assertMasks(encoded: EncodedLog, batch: Batch, episodes: readonly Episode[]): void {
  for (const part of ['support', 'query'] as const) {
    const [mask, label] = [batch.feeds[`${part}/mask`]!.data, batch.feeds[`${part}/label`]!.data];
    for (let at = 0; at < mask.length; at++) {
      const episode = episodes[Math.floor(at / SIZES[part])];
      const position = (episode?.[`${part}Start`] ?? 0) + (at % SIZES[part]);
      const real = episode !== undefined && position < episode[`${part}End`];
      expect(mask[at]).toBe(real ? 1 : 0);
      expect(label[at]).toBe(real ? encoded.label[encoded.tasks.rows[position]!] : 0);
    }
  }
}

function assertIds(batch: Batch): void {
  for (const [vocabulary, ids] of Object.entries(batch.ids)) {
    const count = batch.idCounts[vocabulary]!;
    expect([ids[0], ids[1]]).toEqual([0, 1]);
    expect(new Set(ids.subarray(0, count)).size).toBe(count);
    expect(ids.subarray(count).every((id) => id === 0)).toBe(true);
    expect(Math.log2(ids.length) % 1).toBe(0);
    expect(ids.length).toBeLessThan(2 * Math.max(2, count));
  }
}

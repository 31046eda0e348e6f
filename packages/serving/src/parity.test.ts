import { evaluateProgram, maml, type Algorithm, type Model } from '@limaml/core';
import { createBatchAssembler, latestSupport, type Batch } from '@limaml/data';
import { interpret, type Program, type TensorMap } from '@limaml/graph';
import {
  limamlModel,
  logisticMfModel,
  meLuModel,
  metaEmbModel,
  productionModel,
  wideAndDeepModel,
} from '@limaml/models';
import type { FeatureSchema } from '@limaml/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BundleSource } from './bundle-source.js';
import { generateEmbeddings } from './generate-embeddings.js';
import { referencesRecord } from './log-records.js';
import { plainModel } from './models.test-support.js';
import { createScorer } from './scorer.js';
import {
  randomRun,
  serve,
  smallMarket,
  type Served,
  type SmallMarket,
} from './small-run.test-support.js';

/** With learned candidate vectors, and with fitted factors. */
let markets: Readonly<Record<'learned' | 'fitted', SmallMarket>>;

beforeAll(async () => {
  const factors = { dim: 3, target: 'label', precision: 10, iterations: 2, seed: 1 };
  markets = { learned: await smallMarket(), fitted: await smallMarket({ factors }) };
});

const unadapted = maml({ innerSteps: 0 });
const learned = maml({ innerSteps: 2, innerLearningRate: { initial: 0.4, per: 'element' } });

/** A model, how it adapts, and the market it is for. */
type Form = readonly [
  create: (schema: FeatureSchema) => Model,
  algorithm: Algorithm,
  market?: keyof typeof markets,
];

/** Sizes that keep the programs small. */
const SMALL = { candidateDim: 4, featureDim: 3, hidden: 6 };

const limaml =
  (options: Readonly<Record<string, unknown>>) =>
  (schema: FeatureSchema): Model =>
    limamlModel().create(schema, { ...SMALL, ...options });

const metaForms = ['entity', 'interaction', 'history', 'residual', 'attention', 'transformer'];
const globalForms = [
  ...['dcn', 'dcn-low-rank', 'wide-and-deep', 'deepfm', 'dlrm', 'autoint', 'two-tower'],
];

const forms: Record<string, Form> = {
  ...Object.fromEntries(metaForms.map((meta) => [`meta: ${meta}`, [limaml({ meta }), learned]])),
  ...Object.fromEntries(
    globalForms.map((global) => [`global: ${global}`, [limaml({ global }), learned]]),
  ),
  'meta: id': [(schema) => limamlModel().create(schema, { meta: 'id' }), learned],
  'meta: history, with a fold-in': [limaml({}), learned, 'fitted'],
  'fusion: film': [limaml({ fusion: 'film' }), learned],
  'fusion: gate': [limaml({ fusion: 'gate' }), learned],
  'no tower': [limaml({ tower: [] }), learned],
  // The learned candidate vectors go through `[U, D]` rows here, and through a whole table in the zoo's default.
  'tables by row': [limaml({ wholeTableLimit: 4 }), learned],
  'further labels': [
    limaml({ targets: [{ name: 'dwell', outcome: 'outcome.dwell', loss: 'squared-error' }] }),
    learned,
  ],
  MeLU: [(schema) => meLuModel().create(schema, { tower: [4] }), learned],
  MetaEmb: [(schema) => metaEmbModel().create(schema), learned],
  'logistic MF, solved': [(schema) => logisticMfModel().create(schema), unadapted, 'fitted'],
  'logistic MF, adapted': [
    (schema) => logisticMfModel().create(schema, { foldInSteps: 0 }),
    learned,
  ],
  production: [(schema) => productionModel().create(schema), unadapted],
  'wide and deep': [(schema) => wideAndDeepModel().create(schema), unadapted],
  'a model of another package': [plainModel('history'), learned],
  'a meta block that reads nothing': [plainModel('nothing'), learned],
};

/** Candidates each member is scored for: the jobs of its own newest rows, so that they exist in a log. */
const QUERY = 5;

describe.each(Object.entries(forms))('%s', (_, [create, algorithm, kind = 'learned']) => {
  let market: SmallMarket;
  let run: BundleSource;
  let served: Served;

  beforeAll(async () => {
    market = markets[kind];
    run = randomRun(create, market, algorithm);
    served = await serve(run, market);
  });

  afterAll(() => served.close());

  it('scores from the store as the adapted network does directly', async () => {
    const { bundle, store, executor } = served;
    const { log, tasks } = market;
    const report = await generateEmbeddings({ bundle, log, tasks, store });
    expect(report).toMatchObject({ entities: 25, onPrior: 1, failed: { count: 0 } });
    const scorer = await createScorer({ bundle, store });
    const program = evaluateProgram(run.model, run.algorithm);
    const direct = await executor.compile(program);
    for (const task of [0, 7, 23]) {
      const feeds = feedsFor(run, program, market, task);
      const rows = tasks.rows.subarray(tasks.offsets[task + 1]! - QUERY, tasks.offsets[task + 1]);
      const scores = await scorer.score({
        entity: tasks.taskIds[task]!,
        candidates: Array.from(rows, (row) => referencesRecord(log, 'member', row)),
      });
      expect(scores.prior).toBe(false);
      const compiled = await direct.run(feeds);
      expectClose(scores.logits, compiled.logits!.data);
      const reference = interpret(program, feeds);
      expectClose(scores.logits, reference.logits!.data);
    }
  });

  it('gives the same logits for a candidate id as for the raw features behind it', async () => {
    const { bundle, store } = served;
    const scorer = await createScorer({ bundle, store });
    const row = 11;
    const record = referencesRecord(market.log, 'member', row);
    const entity = market.tasks.taskIds[2]!;
    const { logits } = await scorer.score({ entity, candidates: [String(record.job), record] });
    expectClose([logits[0]!], [logits[1]!]);
  });
});

/** Feeds of one task, its newest rows both as support and as query: only the computation is compared. */
function feedsFor(
  run: BundleSource,
  program: Program,
  { log, tasks, encoders }: SmallMarket,
  task: number,
): TensorMap {
  const end = tasks.offsets[task + 1]!;
  const [support] = latestSupport(tasks, [task], { maxSupport: run.support.maxSize });
  const assembler = createBatchAssembler(encoders.encode(log, tasks), {
    tasks: 1,
    support: run.support.maxSize,
    query: QUERY,
    inputs: run.model.inputs,
    vocabularies: Object.values(run.model.tables)
      .filter(({ feed }) => feed === 'rows')
      .map(({ vocabulary }) => vocabulary),
  });
  const batch = assembler.assemble([{ ...support!, queryStart: end - QUERY, queryEnd: end }]);
  return Object.fromEntries(
    Object.keys(program.inputs).map((name) => [
      name,
      batch.feeds[name] ?? parameter(run, batch, name),
    ]),
  );
}

/** A parameter; of a table on the host, the rows that the batch touches. */
function parameter({ model, params }: BundleSource, batch: Batch, name: string): TensorMap[string] {
  const value = params[name]!;
  const table = name.startsWith('table/') ? model.tables[name.slice('table/'.length)] : undefined;
  const ids = table && batch.ids[table.vocabulary];
  if (table === undefined || ids === undefined) return value;
  const data = new Float32Array(ids.length * table.dim);
  ids.forEach((id, at) => {
    data.set(value.data.subarray(id * table.dim, (id + 1) * table.dim), at * table.dim);
  });
  return { dtype: 'float32', shape: [ids.length, table.dim], data };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let at = 0; at < actual.length; at++) {
    const gap = Math.abs(actual[at]! - expected[at]!);
    expect(gap / Math.max(1, Math.abs(expected[at]!))).toBeLessThan(1e-5);
  }
}

import type { OrtExecutor } from '@limaml/backend-ort';
import {
  adam,
  embed,
  hostTableSpecs,
  initParams,
  maml,
  meanPool,
  mlp,
  parameterSpecs,
  rowAdagrad,
  rowAdam,
  trainProgram,
  type Model,
  type ParameterValues,
  type RowOptimizer,
} from '@limaml/core';
import { createBatchAssembler, type EncodedLog, type Episode } from '@limaml/data';
import { bindDims, broadcastTo, concat, expandDims, spec, squeeze } from '@limaml/graph';

/** What training with a table of one size takes. */
export interface BigTableResult {
  readonly optimiser: string;
  readonly rows: number;
  /** Median over steps, and of these the host's part: batch, rows of the table, optimiser. */
  readonly stepMilliseconds: number;
  readonly hostMilliseconds: number;
  /** Memory of the table and its optimiser, and what all else has allocated. */
  readonly tableMiB: number;
  readonly stateMiB: number;
  readonly otherMiB: number;
}

const DIM = 16;
const SIZES = { tasks: 32, support: 20, query: 20 };
const ROWS_PER_TASK = SIZES.support + SIZES.query;
const LOG_TASKS = 20_000;
const ITEM = 'row.item';
const STEPS = 60;

const OPTIMISERS: Readonly<Record<string, (tables: ParameterValues) => RowOptimizer>> = {
  adam: (tables) => rowAdam(tables, { learningRate: 1e-3 }),
  adagrad: (tables) => rowAdagrad(tables, { learningRate: 1e-3 }),
  'row-adagrad': (tables) => rowAdagrad(tables, { learningRate: 1e-3, per: 'row' }),
};

/**
 * Meta-steps on a model with a table of 16 numbers a row: 32 tasks of 40 rows each, whose items are drawn
 * from the whole table. One table at a time, so that the largest decides the memory that is needed.
 *
 * @param sizes rows of the tables
 */
export async function bigTables(
  executor: OrtExecutor,
  sizes: readonly number[],
): Promise<readonly BigTableResult[]> {
  const results: BigTableResult[] = [];
  for (const optimiser of Object.keys(OPTIMISERS)) {
    for (const rows of sizes) results.push(await trainOn(executor, rows, optimiser));
  }
  return results;
}

async function trainOn(
  executor: OrtExecutor,
  rows: number,
  optimiser: string,
): Promise<BigTableResult> {
  const model = itemModel(rows);
  const tables = initParams(hostTableSpecs(model), 1);
  const rowOptimizer = OPTIMISERS[optimiser]!(tables);
  // The system hands out memory when it is first written to, which is not to count as work of the steps.
  for (const { data } of Object.values(rowOptimizer.state)) data.fill(0);
  const step = await createStep(executor, model, tables, rowOptimizer);
  const times: { all: number; host: number }[] = [];
  for (let at = 0; at < STEPS; at++) times.push(await step(at));
  const [tableMiB, stateMiB] = [mebibytes(tables), mebibytes(rowOptimizer.state)];
  const allMiB = process.memoryUsage().arrayBuffers / 2 ** 20;
  return {
    ...{ optimiser, rows, tableMiB, stateMiB },
    stepMilliseconds: median(times.map(({ all }) => all)),
    hostMilliseconds: median(times.map(({ host }) => host)),
    otherMiB: allMiB - tableMiB - stateMiB,
  };
}

/** Batch, rows of the table, compiled step, optimisers: what the trainer does. */
async function createStep(
  executor: OrtExecutor,
  model: Model,
  tables: ParameterValues,
  rowOptimizer: RowOptimizer,
): Promise<(at: number) => Promise<{ all: number; host: number }>> {
  const algorithm = maml({ innerSteps: 1, innerLearningRate: 0.1 });
  const params = initParams(parameterSpecs(model, algorithm), 1);
  const optimizer = adam(params, { learningRate: 1e-3 });
  const log = randomLog(model.tables.item!.rows);
  const options = { ...SIZES, inputs: model.inputs, vocabularies: [ITEM] };
  const assembler = createBatchAssembler(log, options);
  const touched = new Float32Array(2048 * DIM);
  const U = touched.length / DIM;
  const dims = { T: SIZES.tasks, S: SIZES.support, Q: SIZES.query, [`U.${ITEM}`]: U };
  const program = await executor.compile(bindDims(trainProgram(model, algorithm), dims));
  return async (at) => {
    const started = performance.now();
    const { feeds, ids, idCounts } = assembler.assemble(episodesOf(at));
    const real = ids[ITEM]!.subarray(0, idCounts[ITEM]);
    gather(tables['table/item']!.data, real, touched);
    const rows = { dtype: 'float32', shape: [U, DIM], data: touched } as const;
    const ready = performance.now();
    const outputs = await program.run({ ...params, ...feeds, 'table/item': rows });
    const computed = performance.now();
    const gradients = Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name.replace('grad/', ''), value]),
    ) as ParameterValues;
    optimizer.step(gradients);
    rowOptimizer.step(gradients, { 'table/item': real });
    const ended = performance.now();
    return { all: ended - started, host: ready - started + ended - computed };
  };
}

/** The embedding of the entity is made from those of its items. */
function itemModel(rows: number): Model {
  const meta = mlp({ widths: [DIM, 32, DIM] });
  const global = mlp({ widths: [2 * DIM, 32, 1] });
  const init = { kind: 'uniform', limit: 0.1 } as const;
  return {
    name: 'items',
    embeddingDim: DIM,
    inputs: { entity: {}, rows: { [ITEM]: spec(['T', 'B'], 'int32') }, outcomes: {} },
    params: { meta: meta.params, global: global.params },
    tables: { item: { vocabulary: ITEM, rows, dim: DIM, feed: 'rows', init } },
    noise: {},
    metaEmbedding: (params, { support, tables }) =>
      meanPool(meta.apply(params, embed(tables.item!, support.rows[ITEM]!)), support.mask),
    score(params, { embedding, rows: features, tables }) {
      const items = embed(tables.item!, features[ITEM]!);
      const entity = broadcastTo(expandDims(embedding, 1), items.shape);
      return squeeze(global.apply(params, concat([entity, items], -1)), -1);
    },
  };
}

/** Rows with items from all over the vocabulary, and coin-flip labels. */
function randomLog(vocabulary: number): EncodedLog {
  const rows = LOG_TASKS * ROWS_PER_TASK;
  const shared = { owner: 'row', width: 0, size: vocabulary, vocabulary: ITEM } as const;
  const feature = { name: ITEM, kind: 'categorical', ...shared } as const;
  const uniform = initParams(
    { draws: { shape: [2, rows], init: { kind: 'uniform', limit: 0.5 } } },
    3,
  ).draws!.data;
  const data = Int32Array.from(
    { length: rows },
    (_, row) => 2 + Math.floor((uniform[row]! + 0.5) * (vocabulary - 3)),
  );
  return {
    schema: [feature],
    tasks: {
      entity: 'member',
      taskIds: Array.from({ length: LOG_TASKS }, (_, task) => `m${task}`),
      offsets: Int32Array.from({ length: LOG_TASKS + 1 }, (_, task) => task * ROWS_PER_TASK),
      rows: Int32Array.from({ length: rows }, (_, row) => row),
      timestamp: Float64Array.from({ length: rows }, (_, row) => row),
    },
    columns: { [ITEM]: { feature, data, stride: 1, index: undefined } },
    label: Float32Array.from({ length: rows }, (_, row) => (uniform[rows + row]! < 0 ? 0 : 1)),
  };
}

function episodesOf(step: number): Episode[] {
  return Array.from({ length: SIZES.tasks }, (_, slot) => {
    const task = (step * SIZES.tasks + slot) % LOG_TASKS;
    const supportStart = task * ROWS_PER_TASK;
    const supportEnd = supportStart + SIZES.support;
    return { task, supportStart, supportEnd, queryStart: supportEnd, queryEnd: supportEnd + 20 };
  });
}

function gather(table: Float32Array, ids: Int32Array, into: Float32Array): void {
  for (let row = 0; row < ids.length; row++) {
    const from = ids[row]! * DIM;
    for (let at = 0; at < DIM; at++) into[row * DIM + at] = table[from + at]!;
  }
}

function mebibytes(values: ParameterValues): number {
  const bytes = Object.values(values).reduce((sum, { data }) => sum + data.byteLength, 0);
  return bytes / 2 ** 20;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

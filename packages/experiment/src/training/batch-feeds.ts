import type { Model, ParameterValues } from '@limaml/core';
import { createBatchAssembler, type EncodedLog, type Episode } from '@limaml/data';
import type { TensorData, TensorMap } from '@limaml/graph';

/** Sizes of batches: T tasks, S support rows, Q query rows. */
export interface BatchSizes {
  readonly tasks: number;
  readonly support: number;
  readonly query: number;
}

/** A batch with the parameters that a program needs beside it. */
export interface FedBatch {
  readonly feeds: TensorMap;
  /** Rows of each table (by input name) that the batch touches, real ones only. */
  readonly ids: Readonly<Record<string, Int32Array>>;
  /** Real tasks; the others are padding. */
  readonly tasks: number;
}

/** Turns episodes into everything a program is fed. */
export interface BatchFeeder {
  /**
   * The buffers are reused by the next call.
   * @param values all parameters and whole tables, by input name
   */
  feed(episodes: readonly Episode[], values: ParameterValues): FedBatch;
}

/** @param encoded the log that the episodes' positions refer to */
export function createBatchFeeder(
  model: Model,
  encoded: EncodedLog,
  sizes: BatchSizes,
): BatchFeeder {
  const tables = hostTables(model);
  const vocabularies = [...new Set(tables.map(({ vocabulary }) => vocabulary))];
  const assembler = createBatchAssembler(encoded, { ...sizes, inputs: model.inputs, vocabularies });
  const buffers = new Map<string, Float32Array>();
  return {
    feed(episodes, values) {
      const batch = assembler.assemble(episodes);
      const rows: Record<string, TensorData> = {};
      const ids: Record<string, Int32Array> = {};
      for (const { name, vocabulary } of tables) {
        const touched = batch.ids[vocabulary]!;
        ids[name] = touched.subarray(0, batch.idCounts[vocabulary]);
        rows[name] = gatherRows(values[name]!, touched, buffers, name);
      }
      return { feeds: { ...values, ...rows, ...batch.feeds }, ids, tasks: batch.tasks };
    },
  };
}

/** Tables of which programs see only rows, by input name. */
function hostTables({ tables }: Model): { name: string; vocabulary: string }[] {
  return Object.entries(tables)
    .filter(([, { feed }]) => feed === 'rows')
    .map(([name, { vocabulary }]) => ({ name: `table/${name}`, vocabulary }));
}

/** The touched rows of a table, `[U, D]`, in a buffer that is kept for every U. */
function gatherRows(
  table: TensorData<'float32'>,
  ids: Int32Array,
  buffers: Map<string, Float32Array>,
  name: string,
): TensorData<'float32'> {
  const dim = table.shape[1]!;
  const key = `${name}/${ids.length}`;
  const data = buffers.get(key) ?? new Float32Array(ids.length * dim);
  buffers.set(key, data);
  ids.forEach((id, row) => {
    data.set(table.data.subarray(id * dim, (id + 1) * dim), row * dim);
  });
  return { dtype: 'float32', shape: [ids.length, dim], data };
}

import { targetOutcomes, type Model, type ParameterValues } from '@limaml/core';
import { createBatchAssembler, type EncodedLog, type Episode } from '@limaml/data';
import type { TensorData, TensorMap } from '@limaml/graph';
import { floatTensor } from './memory.js';

/** Sizes of batches: T tasks, S support rows, Q query rows. */
export interface BatchSizes {
  readonly tasks: number;
  readonly support: number;
  readonly query: number;
}

/** A batch without what changes from step to step. */
export interface AssembledBatch {
  /** Features, labels and masks, all `[T, …]`. */
  readonly feeds: TensorMap;
  /** Rows of each table (by input name) that the batch touches, real ones only. */
  readonly ids: Readonly<Record<string, Int32Array>>;
  /** The same with padding up to U. */
  readonly paddedIds: Readonly<Record<string, Int32Array>>;
}

/** Turns episodes into what a program is fed beside the parameters. Its buffers are reused by every call. */
export interface BatchFeeder {
  /** @param from their log, where it is not the one the feeder was made for but encoded alike */
  assemble(episodes: readonly Episode[], from?: EncodedLog): AssembledBatch;
  /**
   * The rows of the host's tables that a batch touches, `[U, D]` by input name.
   * @param values whole tables by input name
   */
  gatherRows(batch: AssembledBatch, values: ParameterValues): ParameterValues;
}

/**
 * @param encoded the log that the episodes' positions refer to
 * @param shared whether the buffers are in shared memory
 * @param forTraining whether query rows come with the outcomes that the model's targets are read from
 */
export function createBatchFeeder(
  model: Model,
  encoded: EncodedLog,
  sizes: BatchSizes,
  shared: boolean,
  forTraining = false,
): BatchFeeder {
  const tables = hostTables(model);
  const vocabularies = [...new Set(tables.map(({ vocabulary }) => vocabulary))];
  const targets = targetOutcomes(model);
  const inputs = { ...model.inputs, outcomes: { ...targets, ...model.inputs.outcomes } };
  const queryOutcomes = forTraining ? Object.keys(targets) : [];
  const options = { ...sizes, inputs, queryOutcomes, vocabularies, shared };
  const assembler = createBatchAssembler(encoded, options);
  const buffers = new Map<string, TensorData<'float32'>>();
  return {
    assemble(episodes, from) {
      const { feeds, ids, idCounts } = assembler.assemble(episodes, from);
      const touched = tables.map(({ name, vocabulary }) => [name, ids[vocabulary]!] as const);
      const real = tables.map(
        ({ name, vocabulary }) =>
          [name, ids[vocabulary]!.subarray(0, idCounts[vocabulary])] as const,
      );
      return { feeds, ids: Object.fromEntries(real), paddedIds: Object.fromEntries(touched) };
    },
    gatherRows({ paddedIds }, values) {
      const rows = Object.entries(paddedIds).map(([name, ids]) => {
        const key = `${name}/${ids.length}`;
        const shape = [ids.length, values[name]!.shape[1]!];
        const into = buffers.get(key) ?? floatTensor(shape, shared);
        buffers.set(key, into);
        copyRows(values[name]!, ids, into);
        return [name, into] as const;
      });
      return Object.fromEntries(rows);
    },
  };
}

/** Tables of which programs see only rows, by input name. */
function hostTables({ tables }: Model): { name: string; vocabulary: string }[] {
  return Object.entries(tables)
    .filter(([, { feed }]) => feed === 'rows')
    .map(([name, { vocabulary }]) => ({ name: `table/${name}`, vocabulary }));
}

function copyRows(
  table: TensorData<'float32'>,
  ids: Int32Array,
  into: TensorData<'float32'>,
): void {
  const dim = into.shape[1]!;
  for (let row = 0; row < ids.length; row++) {
    const from = ids[row]! * dim;
    for (let at = 0; at < dim; at++) into.data[row * dim + at] = table.data[from + at]!;
  }
}

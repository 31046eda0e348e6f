import type { EncodedRecord } from '@limaml/data';
import type { Executable, TensorData, TensorMap, TensorSpec } from '@limaml/graph';

type Specs = Readonly<Record<string, TensorSpec>>;

const SUPPORT = 'support/';

/** The features behind a model's inputs, in the form that the batch assembler takes. */
export function splitInputs(inputs: Specs): { entity: Specs; rows: Specs; outcomes: Specs } {
  const features = (prefix: string): Specs =>
    Object.fromEntries(
      Object.entries(inputs)
        .map(([name, spec]) => [name.replace(SUPPORT, ''), spec] as const)
        .filter(([name]) => name.startsWith(prefix)),
    );
  return { entity: features('entity.'), rows: features('row.'), outcomes: features('outcome.') };
}

/** Those tensors that a model reads. */
export function pickFeeds(model: Executable, feeds: TensorMap): TensorMap {
  return Object.fromEntries(Object.keys(model.inputs).map((name) => [name, feeds[name]!]));
}

/**
 * Stacks encoded records to the inputs of a model: one record per leading index.
 * @param leading leading dimensions; their product is the number of records. Default: `[records.length]`
 * @param prefix  stripped from an input's name to get the feature's
 */
export function stackRecords(
  inputs: Specs,
  records: readonly EncodedRecord[],
  leading: readonly number[] = [records.length],
  prefix = '',
): TensorMap {
  const chosen = Object.entries(inputs).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(
    chosen.map(([name, spec]) => {
      const tensor = emptyTensor(spec, leading);
      const stride = tensor.data.length / records.length;
      records.forEach((record, at) => {
        tensor.data.set(record[name.slice(prefix.length)]!, at * stride);
      });
      return [name, tensor];
    }),
  );
}

/** Zeros of a spec, its leading dimensions replaced by numbers. */
export function emptyTensor({ dtype, shape }: TensorSpec, leading: readonly number[]): TensorData {
  const concrete = [...leading, ...shape.slice(leading.length).map(Number)];
  const length = concrete.reduce((product, size) => product * size, 1);
  return dtype === 'float32'
    ? { dtype, shape: concrete, data: new Float32Array(length) }
    : { dtype: 'int32', shape: concrete, data: new Int32Array(length) };
}

/**
 * Runs a model that gives embeddings and returns the first `count` rows. A model that reads nothing of
 * the entity gives one row, which then is everybody's.
 */
export async function embeddingOf(
  model: Executable,
  feeds: TensorMap,
  count: number,
): Promise<Float32Array> {
  const { embedding } = await model.run(feeds);
  const [rows, dim] = embedding!.shape as [number, number];
  const data = embedding!.data as Float32Array;
  if (rows >= count) return data.slice(0, count * dim);
  return Float32Array.from({ length: count * dim }, (_, at) => data[at % dim]!);
}

import { isLimamlError } from '@limaml/errors';
import { PortCheck } from '@limaml/graph';
import type { Executable, Program, Tensor, TensorData, TensorMap, TensorSpec } from '@limaml/graph';
import { disposed, runFailed } from './errors.js';
import { compute } from './kernels/compute.js';
import { scheduleOf } from './schedule.js';
import type { Step } from './schedule.js';
import { sizesOf } from './sizes.js';
import type { SizeOf } from './sizes.js';
import { withBackend } from './tfjs.js';
import type { LoadedBackend, TfTensor } from './tfjs.js';

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Whether the executor of a program has been disposed of. */
export interface Life {
  isOver: boolean;
}

/** A program that is computed primitive by primitive. It holds no tensors between runs. */
export class TfjsExecutable implements Executable {
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly #name: string;
  readonly #program: Program;
  readonly #ports: PortCheck;
  readonly #steps: readonly Step[];
  readonly #backend: LoadedBackend;
  readonly #executor: Readonly<Life>;
  #disposed = false;

  constructor(name: string, program: Program, backend: LoadedBackend, executor: Readonly<Life>) {
    this.#name = name;
    this.#program = program;
    this.#steps = scheduleOf(program);
    this.#backend = backend;
    this.#executor = executor;
    this.inputs = specsOf(program.inputs);
    this.outputs = specsOf(program.outputs);
    this.#ports = new PortCheck(name, this.inputs, this.outputs);
  }

  async run(feeds: TensorMap, into: TensorMap = {}): Promise<TensorMap> {
    if (this.#disposed || this.#executor.isOver)
      throw disposed(`Program ${JSON.stringify(this.#name)}`);
    this.#ports.check(feeds, into);
    const sizeOf = sizesOf(this.inputs, feeds);
    try {
      return withBackend(this.#backend, () => this.#run(feeds, into, sizeOf));
    } catch (error) {
      throw isLimamlError(error) ? error : runFailed(this.#name, this.#backend.kind, error);
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
  }

  #run(feeds: TensorMap, into: TensorMap, sizeOf: SizeOf): TensorMap {
    let outputs: TensorMap = {};
    this.#backend.tf.tidy(() => {
      outputs = this.#compute(feeds, into, sizeOf);
    });
    return outputs;
  }

  #compute(feeds: TensorMap, into: TensorMap, sizeOf: SizeOf): TensorMap {
    const values = this.#feed(feeds);
    for (const { tensor, release } of this.#steps) {
      const inputs = tensor.inputs.map((input) => values.get(input)!);
      values.set(tensor, this.#apply(tensor, inputs, sizeOf));
      for (const input of release) values.get(input)!.dispose();
    }
    return this.#read(values, into);
  }

  #feed(feeds: TensorMap): Map<Tensor, TfTensor> {
    const { tf } = this.#backend;
    return new Map(
      Object.entries(this.#program.inputs).map(([name, input]) => {
        const { data, shape, dtype } = feeds[name]!;
        return [input, tf.tensor(data, [...shape], dtype)];
      }),
    );
  }

  /** A kernel's own intermediate results go at once. */
  #apply(tensor: Step['tensor'], inputs: readonly TfTensor[], sizeOf: SizeOf): TfTensor {
    const { tf } = this.#backend;
    return tf.tidy(() => compute(tensor, inputs, { tf, shape: tensor.shape.map(sizeOf), sizeOf }));
  }

  /** Data is always copied: a backend may return the memory that was fed, or the same for two outputs. */
  #read(values: ReadonlyMap<Tensor, TfTensor>, into: TensorMap): TensorMap {
    const outputs: Record<string, TensorData> = {};
    for (const [name, output] of Object.entries(this.#program.outputs)) {
      const value = values.get(output)!;
      const data = value.dataSync();
      into[name]?.data.set(data);
      outputs[name] = into[name] ?? tensorData(value.shape, data, output.dtype);
    }
    return outputs;
  }
}

function tensorData(
  shape: readonly number[],
  data: ArrayLike<number>,
  dtype: TensorData['dtype'],
): TensorData {
  return { dtype, shape, data: ARRAYS[dtype].from(data) } as TensorData;
}

function specsOf(ports: Program['inputs']): Readonly<Record<string, TensorSpec>> {
  return Object.fromEntries(
    Object.entries(ports).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
  );
}

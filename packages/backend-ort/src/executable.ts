import { PortCheck } from '@limaml/graph';
import type { DType, Executable, TensorData, TensorMap, TensorSpec } from '@limaml/graph';
import type { InferenceSession, OnnxValue } from 'onnxruntime-node';
import { disposed, runFailed } from './errors.js';
import type { Runtime } from './runtime.js';
import { TensorCache } from './tensor-cache.js';

/** What an {@link OrtExecutable} is made from. */
export interface LoadedModel {
  readonly name: string;
  readonly session: InferenceSession;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly cached: boolean;
  /** Told when the session has been released. */
  readonly onRelease: () => void;
}

/** A session of ONNX Runtime behind the {@link Executable} contract. */
export class OrtExecutable implements Executable {
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly cached: boolean;
  readonly #model: LoadedModel;
  readonly #check: PortCheck;
  readonly #tensors: TensorCache;
  readonly #running = new Set<Promise<unknown>>();
  #released: Promise<void> | undefined;

  constructor(model: LoadedModel, runtime: Runtime) {
    this.#model = model;
    this.inputs = model.inputs;
    this.outputs = model.outputs;
    this.cached = model.cached;
    this.#check = new PortCheck(model.name, model.inputs, model.outputs);
    this.#tensors = new TensorCache(runtime, model.name);
  }

  async run(feeds: TensorMap, into: TensorMap = {}): Promise<TensorMap> {
    if (this.#released) throw disposed(`Program ${JSON.stringify(this.#model.name)}`);
    this.#check.check(feeds, into);
    const results = await this.#track(
      this.#model.session.run(this.#feeds(feeds), this.#fetches(into)),
    );
    return this.#outputs(results, into);
  }

  dispose(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** Runs that have begun still finish. */
  async #release(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#model.session.release();
    this.#model.onRelease();
  }

  async #track<T>(run: Promise<T>): Promise<T> {
    this.#running.add(run);
    try {
      return await run;
    } catch (error) {
      throw runFailed(this.#model.name, error);
    } finally {
      this.#running.delete(run);
    }
  }

  #feeds(feeds: TensorMap): Record<string, OnnxValue> {
    const values: Record<string, OnnxValue> = {};
    for (const name in this.inputs) values[name] = this.#tensors.get(name, feeds[name]!);
    return values;
  }

  /** `null` makes the runtime allocate that output. */
  #fetches(into: TensorMap): Record<string, OnnxValue | null> {
    const values: Record<string, OnnxValue | null> = {};
    for (const name in this.outputs)
      values[name] = into[name] ? this.#tensors.get(name, into[name]) : null;
    return values;
  }

  /** The runtime fills a preallocated output's array but returns another tensor for it, so the caller's is returned. */
  #outputs(results: InferenceSession.ReturnType, into: TensorMap): TensorMap {
    const outputs: Record<string, TensorData> = {};
    for (const name in this.outputs)
      outputs[name] = into[name] ?? tensorData(results[name]!, this.outputs[name]!.dtype);
    return outputs;
  }
}

function tensorData({ dims, data }: OnnxValue, dtype: DType): TensorData {
  return { dtype, shape: dims, data } as TensorData;
}

// What a thread of the pool runs. It is JavaScript, because a thread starts from a file: this one is the
// same in the sources and in the build.
import { parentPort } from 'node:worker_threads';
import ort from 'onnxruntime-node';

/**
 * @import { TensorData, TensorMap } from '@limaml/graph'
 * @import { InferenceSession, Tensor } from 'onnxruntime-node'
 * @import { PoolReply, PoolRequest, PoolTask } from './protocol.js'
 */

/** @typedef {{ session: InferenceSession, staged: Map<string, Tensor> }} LoadedProgram */

/** @type {Map<number, LoadedProgram>} */
const programs = new Map();

parentPort.on('message', async (/** @type {PoolRequest} */ request) => {
  if (request.kind === 'close') return parentPort.close();
  const { id } = request;
  try {
    reply({ id, outputs: await TASKS[request.kind](request) });
  } catch (error) {
    reply({ id, failure: error });
  }
});

/** @param {PoolReply} message */
function reply(message) {
  parentPort.postMessage(message);
}

const TASKS = {
  /** @param {Extract<PoolTask, { kind: 'load' }>} task */
  async load({ program, model, options }) {
    const session = await ort.InferenceSession.create(model, options);
    programs.set(program, { session, staged: new Map() });
    return {};
  },
  /** @param {Extract<PoolTask, { kind: 'run' }>} task */
  async run({ program, feeds, into }) {
    const { session, staged } = programs.get(program);
    const results = await session.run(stage(staged, feeds));
    return deliver(results, into);
  },
  /** @param {Extract<PoolTask, { kind: 'release' }>} task */
  async release({ program }) {
    const { session } = programs.get(program);
    programs.delete(program);
    await session.release();
    return {};
  },
};

/**
 * Copies feeds to memory of this thread: ONNX Runtime takes no shared memory. The copies are kept for
 * every shape, and made anew by every run.
 *
 * @param {Map<string, Tensor>} staged
 * @param {TensorMap} feeds
 */
function stage(staged, feeds) {
  /** @type {Record<string, Tensor>} */
  const tensors = {};
  for (const [name, { dtype, shape, data }] of Object.entries(feeds)) {
    const key = `${name} ${shape}`;
    if (!staged.has(key)) staged.set(key, new ort.Tensor(dtype, data.slice(), shape));
    tensors[name] = staged.get(key);
    tensors[name].data.set(data);
  }
  return tensors;
}

/**
 * Copies results to the caller's buffers; the others go to new shared memory.
 *
 * @param {InferenceSession.ReturnType} results
 * @param {TensorMap} into
 */
function deliver(results, into) {
  /** @type {Record<string, TensorData>} */
  const outputs = {};
  for (const [name, { type, dims, data }] of Object.entries(results)) {
    if (into[name]) into[name].data.set(data);
    else outputs[name] = { dtype: type, shape: dims, data: shared(data) };
  }
  return outputs;
}

/** @param {TensorData['data']} data */
function shared(data) {
  const copy = new data.constructor(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
}

// What a thread of the pool runs. It is JavaScript, because a thread starts from a file: this one is the
// same in the sources and in the build.
import { parentPort } from 'node:worker_threads';
import ort from 'onnxruntime-node';

/**
 * @import { TensorData, TensorMap } from '@limaml/graph'
 * @import { InferenceSession, Tensor } from 'onnxruntime-node'
 * @import { PoolReply, PoolRequest, SentTask, SentTensor } from './protocol.js'
 */

/** @typedef {{ session: InferenceSession, staged: Map<string, Tensor> }} LoadedProgram */

/** @type {Map<number, LoadedProgram>} */
const programs = new Map();

/** Tensors that are sent by their numbers. @type {Map<number, TensorData>} */
const known = new Map();

/** What has been asked for, one after the other: runs of a program share its staged feeds. */
let done = Promise.resolve();

parentPort.on('message', (/** @type {PoolRequest} */ request) => {
  done = done.then(() => answer(request));
});

/** @param {PoolRequest} request */
async function answer(request) {
  if (request.kind === 'close') return parentPort.close();
  if (request.kind === 'forget') return known.delete(request.number);
  const { id } = request;
  try {
    reply({ id, outputs: await TASKS[request.kind](request) });
  } catch (error) {
    reply({ id, failure: error });
  }
}

/** @param {PoolReply} message */
function reply(message) {
  parentPort.postMessage(message);
}

const TASKS = {
  /** @param {Extract<SentTask, { kind: 'load' }>} task */
  async load({ program, model, options }) {
    const session = await ort.InferenceSession.create(model, options);
    programs.set(program, { session, staged: new Map() });
    return {};
  },
  /** @param {Extract<SentTask, { kind: 'run' }>} task */
  async run({ program, feeds, into }) {
    // First of all, since the caller takes what was sent as known, even when the run fails.
    const [fed, filled] = [receive(feeds), receive(into)];
    const { session, staged } = programs.get(program);
    return deliver(await session.run(stage(staged, fed)), filled);
  },
  /** @param {Extract<SentTask, { kind: 'release' }>} task */
  async release({ program }) {
    const { session } = programs.get(program);
    programs.delete(program);
    await session.release();
    return {};
  },
};

/**
 * @param {Readonly<Record<string, SentTensor>>} sent
 * @returns {TensorMap}
 */
function receive(sent) {
  /** @type {Record<string, TensorData>} */
  const tensors = {};
  for (const name in sent) tensors[name] = tensorOf(sent[name]);
  return tensors;
}

/** @param {SentTensor} sent */
function tensorOf(sent) {
  if (typeof sent === 'number') return known.get(sent);
  if (sent.number !== undefined) known.set(sent.number, sent.tensor);
  return sent.tensor;
}

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

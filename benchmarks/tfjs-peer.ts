import { decodeTensors } from '@limaml/core';
import type { Executor, TensorMap } from '@limaml/graph';
import { readFile } from 'node:fs/promises';
import type { Contender } from './measure.ts';
import type { PeerCase } from './peer-cases.ts';
import { PeerMismatch } from './peer-process.ts';
import { runOnce } from './run-once.ts';

const TOLERANCE = 1e-4;

/**
 * For gradients, and for meta embeddings, which they made: they jump where rounding takes the input of a
 * relu to the other side of zero, as it does for one entity of some hundred.
 */
const GRADIENT_TOLERANCE = 1e-3;

/**
 * TensorFlow.js as a peer. It is an executor of this repository, so it computes the optimised program,
 * primitive by primitive, in this process.
 *
 * @throws PeerMismatch when it does not agree with the exported results
 */
export async function tfjsPeer(executor: Executor, peerCase: PeerCase): Promise<Contender> {
  const { program, file } = peerCase;
  const { tensors } = decodeTensors(await readFile(file));
  const inputs = Object.keys(program.inputs).map((input) => [input, tensors[input]!] as const);
  const outputs = await runOnce(executor, program, Object.fromEntries(inputs));
  assertAgrees(outputs, tensors, executor.name);
  return { ...(await peerCase.by(executor)), name: executor.name };
}

function assertAgrees(outputs: TensorMap, expected: TensorMap, peer: string): void {
  const names = Object.keys(outputs);
  const parts = [
    { of: names.filter((name) => name === 'loss'), allowed: TOLERANCE },
    { of: names.filter((name) => name !== 'loss'), allowed: GRADIENT_TOLERANCE },
  ];
  for (const { of, allowed } of parts.filter((part) => part.of.length > 0)) {
    const difference = differenceOf(of, outputs, expected);
    // Written so that NaN is a mismatch as well.
    if (!(difference <= allowed))
      throw new PeerMismatch(`${peer}: ${of[0]!} differs by ${difference.toExponential(1)}`);
  }
}

/** Tensors as one vector: `‖a − b‖ / ‖b‖`. */
function differenceOf(names: readonly string[], outputs: TensorMap, expected: TensorMap): number {
  let [error, size] = [0, 0];
  for (const name of names) {
    const right = expected[name]!.data;
    outputs[name]!.data.forEach((value, at) => {
      error += (value - right[at]!) ** 2;
      size += right[at]! ** 2;
    });
  }
  return Math.sqrt(error / size);
}

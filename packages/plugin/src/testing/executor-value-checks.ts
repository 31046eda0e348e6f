import { dimSize, grad, interpret, matMul, spec, sum, tanh, trace } from '@limaml/graph';
import type { Executor, Program, Tensor, TensorMap } from '@limaml/graph';
import { primitiveCases, randomProgram } from '@limaml/graph/testing';
import { ensure } from './conformance.js';
import type { Check } from './conformance.js';
import { floats, withExecutable } from './executor-fixture.js';

/** float32 keeps seven digits; the second derivatives of random programs cancel some. */
const TOLERANCE = 2e-4;
const RANDOM_PROGRAMS = 25;

/** Checks of what is computed. */
export function valueChecks(executor: Executor): readonly Check[] {
  return [...primitiveChecks(executor), ...programChecks(executor)];
}

function primitiveChecks(executor: Executor): readonly Check[] {
  return Object.entries(primitiveCases).map(([primitive, cases]) => ({
    name: `computes ${primitive}`,
    fix: `Compare with interpret() what the executor makes of ${primitive}`,
    run: async () => {
      for (const { name, program, feeds } of cases) {
        await ensureAgreement(executor, program, [feeds], name);
      }
    },
  }));
}

function programChecks(executor: Executor): readonly Check[] {
  return [
    {
      name: 'computes random programs and their gradients',
      fix: 'Print the failing program, randomProgram(seed), and cut it down',
      run: async () => {
        for (let seed = 0; seed < RANDOM_PROGRAMS; seed++) {
          const { program, feeds } = randomProgram(seed);
          await ensureAgreement(executor, program, [feeds], `seed ${seed}`);
        }
      },
    },
    {
      name: 'takes symbols of another size in every run, zero included',
      fix: 'Read sizes off the feeds of each run; an empty sum is 0',
      run: () => {
        const sizes = [
          [2, 3],
          [4, 1],
          [0, 2],
          [3, 0],
          [2, 3],
        ] as const;
        return ensureAgreement(executor, slopes, sizes.map(slopeFeeds), 'sizes T, S');
      },
    },
  ];
}

/** A gradient per task: its products sum over S, which may be empty. */
const slopes = trace(
  { x: spec(['T', 'S', 3]), w: spec(['T', 3, 2]) },
  ({ x, w }): Record<string, Tensor> => {
    const [slope] = grad(sum(tanh(matMul(x, w))), [w]);
    return { slope: slope!, total: sum(x), count: dimSize('S*T') };
  },
);

function slopeFeeds([tasks, rows]: readonly [number, number]): TensorMap {
  return { x: floats([tasks, rows, 3]), w: floats([tasks, 3, 2]) };
}

async function ensureAgreement(
  executor: Executor,
  program: Program,
  runs: readonly TensorMap[],
  where: string,
): Promise<void> {
  await withExecutable(executor, program, async (executable) => {
    for (const feeds of runs) {
      ensureSame(program, interpret(program, feeds), await executable.run(feeds), where);
    }
  });
}

function ensureSame(
  { outputs }: Program,
  expected: ReturnType<typeof interpret>,
  found: TensorMap,
  where: string,
): void {
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const output = found[name];
    ensure(output !== undefined, `${where}: output ${name} is missing`);
    const type = `${output.dtype} [${output.shape.join()}]`;
    const stated = `${outputs[name]!.dtype} [${shape.join()}]`;
    ensure(type === stated, `${where}: output ${name} is ${type}, expected ${stated}`);
    const wrong = data.findIndex((value, i) => !isClose(output.data[i]!, value));
    ensure(
      wrong < 0,
      `${where}: element ${wrong} of output ${name} is ${output.data[wrong]}, expected ${data[wrong]}`,
    );
  }
}

function isClose(found: number, expected: number): boolean {
  const scale = Math.max(1, Math.abs(expected));
  return Object.is(found, expected) || Math.abs(found - expected) <= TOLERANCE * scale;
}

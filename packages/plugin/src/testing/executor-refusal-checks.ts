import { isLimamlError } from '@limaml/errors';
import type { Executable, Executor, TensorData, TensorMap } from '@limaml/graph';
import { ensure } from './conformance.js';
import type { Check } from './conformance.js';
import { floats, SAMPLE, sampleFeeds, withExecutable } from './executor-fixture.js';

/** A run that must be refused with an error that names the port. */
interface BadRun {
  readonly name: string;
  readonly port: string;
  /** Feeds that differ from the right ones. */
  readonly feeds?: TensorMap;
  /** An input that is not fed. */
  readonly without?: string;
  readonly into?: TensorMap;
}

const int32 = (...values: number[]): TensorData => {
  return { dtype: 'int32', shape: [values.length], data: Int32Array.from(values) };
};

const BAD_RUNS: readonly BadRun[] = [
  { name: 'an input that is not fed', port: 'bias', without: 'bias' },
  { name: 'a feed that is no input', port: 'biased', feeds: { biased: floats([2]) } },
  { name: 'a feed of another element type', port: 'n', feeds: { n: floats([2]) } },
  { name: 'a feed in the wrong typed array', port: 'x', feeds: { x: misplaced() } },
  { name: 'a feed of another rank', port: 'x', feeds: { x: floats([2, 3, 1]) } },
  { name: 'a feed of another size', port: 'x', feeds: { x: floats([2, 4]) } },
  { name: 'a symbol of two sizes', port: 'bias', feeds: { bias: floats([3]) } },
  {
    name: 'data shorter than its shape',
    port: 'bias',
    feeds: { bias: { ...floats([2]), data: new Float32Array(1) } },
  },
  { name: 'a buffer for no output', port: 'row', into: { row: floats([2]) } },
  { name: 'a buffer of another element type', port: 'next', into: { next: floats([2]) } },
  { name: 'a buffer of another shape', port: 'rows', into: { rows: floats([3]) } },
  { name: 'a buffer of another type', port: 'rows', into: { rows: int32(0, 0) } },
];

/** Checks of what is refused, and how. */
export function refusalChecks(executor: Executor): readonly Check[] {
  return [...BAD_RUNS.map((bad) => refusalCheck(executor, bad)), disposalCheck(executor)];
}

function refusalCheck(executor: Executor, { name, port, feeds, without, into }: BadRun): Check {
  return {
    name: `refuses ${name}`,
    fix: `Throw a LimamlError whose message names "${port}" before anything runs`,
    run: () =>
      withExecutable(executor, SAMPLE, async (executable) => {
        const all: [string, TensorData][] = Object.entries({ ...sampleFeeds(), ...feeds });
        const fed = Object.fromEntries(all.filter(([input]) => input !== without));
        await ensureRefused(executable, fed, into, `"${port}"`);
        await executable.run(sampleFeeds());
      }),
  };
}

function disposalCheck(executor: Executor): Check {
  return {
    name: 'refuses to run after dispose, and may be disposed of twice',
    fix: 'Remember that dispose() was called, and throw a LimamlError from run()',
    run: async () => {
      const executable = await executor.compile(SAMPLE);
      await executable.dispose();
      await executable.dispose();
      await ensureRefused(executable, sampleFeeds(), undefined, 'dispose');
    },
  };
}

async function ensureRefused(
  executable: Executable,
  feeds: TensorMap,
  into: TensorMap | undefined,
  word: string,
): Promise<void> {
  const error: unknown = await executable.run(feeds, into).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  ensure(error instanceof Error, 'it ran');
  ensure(isLimamlError(error), `it failed without a code: ${error.message}`);
  ensure(error.message.includes(word), `the message does not say ${word}: ${error.message}`);
}

/** float32 by name, int32 by data: what only a program without types can make. */
function misplaced(): TensorData {
  return { ...floats([2, 3]), data: new Int32Array(6) } as unknown as TensorData;
}

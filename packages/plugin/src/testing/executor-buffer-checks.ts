import { neg, spec, trace } from '@limaml/graph';
import type { Executable, Executor, TensorMap } from '@limaml/graph';
import { ensure } from './conformance.js';
import type { Check } from './conformance.js';
import { floats, SAMPLE, sampleFeeds, sampleRows, withExecutable } from './executor-fixture.js';

interface BufferCheck {
  readonly name: string;
  readonly fix: string;
  readonly run: (executable: Executable, executor: Executor) => Promise<void>;
}

/** Checks of what happens to the buffers that are fed, filled and returned. */
export function bufferChecks(executor: Executor): readonly Check[] {
  return [...PORT_CHECKS, ...REUSE_CHECKS, ...CONCURRENCY_CHECKS].map(({ name, fix, run }) => ({
    name,
    fix,
    run: () => withExecutable(executor, SAMPLE, (executable) => run(executable, executor)),
  }));
}

const PORT_CHECKS: readonly BufferCheck[] = [
  {
    name: 'states the inputs and outputs of the program',
    fix: 'Give inputs and outputs the names, shapes and types of the program, in its order',
    run: ({ inputs, outputs }) => {
      ensure(spell(inputs) === spell(SAMPLE.inputs), `inputs are ${spell(inputs)}`);
      ensure(spell(outputs) === spell(SAMPLE.outputs), `outputs are ${spell(outputs)}`);
      return Promise.resolve();
    },
  },
  {
    name: 'writes nothing to what it is fed',
    fix: 'Never run in place on a fed buffer',
    run: async (executable) => {
      const feeds = sampleFeeds();
      await executable.run(feeds);
      ensure(spellData(feeds) === spellData(sampleFeeds()), 'a fed buffer changed');
    },
  },
];

const REUSE_CHECKS: readonly BufferCheck[] = [
  {
    name: 'reads a reused buffer again in every run',
    fix: 'Cache views of buffers, never their content',
    run: async (executable) => {
      const feeds = sampleFeeds();
      for (const scale of [1, 2, 3]) {
        feeds.x.data.set(sampleFeeds(scale).x.data);
        ensureRows(await executable.run(feeds), scale);
      }
    },
  },
  {
    name: 'keeps earlier results when it runs again',
    fix: 'Allocate the outputs that no buffer is given for in every run',
    run: async (executable) => {
      const first = await executable.run(sampleFeeds(1));
      await executable.run(sampleFeeds(5));
      ensureRows(first, 1);
    },
  },
  {
    name: 'fills and returns the buffers it is given, any subset of the outputs',
    fix: 'Return the tensors of `into` themselves',
    run: async (executable) => {
      const into = { rows: floats([2]) };
      for (const scale of [1, 4]) {
        const outputs = await executable.run(sampleFeeds(scale), into);
        ensure(outputs.rows === into.rows, 'the result is not the tensor given in `into`');
        ensureRows(into, scale);
        ensure(outputs.next?.data[1] === 6, 'an output without a buffer is wrong');
      }
    },
  },
  {
    name: 'fills views into larger buffers without touching the rest',
    fix: 'Respect byteOffset and length of typed arrays',
    run: async (executable) => {
      const whole = new Float32Array(6).fill(-1);
      const rows = { dtype: 'float32', shape: [2], data: whole.subarray(2, 4) } as const;
      await executable.run(sampleFeeds(), { rows });
      ensure(whole.join() === [-1, -1, ...sampleRows(), -1, -1].join(), `got ${whole.join()}`);
    },
  },
];

const CONCURRENCY_CHECKS: readonly BufferCheck[] = [
  {
    name: 'gives each of several runs at the same time its own result',
    fix: 'Queue runs, or keep no state of a run in the executable',
    run: async (executable) => {
      const scales = [1, 2, 3, 4, 5, 6];
      const results = await Promise.all(scales.map((scale) => executable.run(sampleFeeds(scale))));
      results.forEach((outputs, i) => {
        ensureRows(outputs, scales[i]!);
      });
    },
  },
  {
    name: 'keeps several programs apart',
    fix: 'Keep no state of a program in the executor',
    run: async (executable, executor) => {
      const other = trace({ x: spec(['T', 3]) }, ({ x }) => ({ rows: neg(x) }));
      const negated = await withExecutable(executor, other, async (second) => {
        const [, outputs] = await Promise.all([
          executable.run(sampleFeeds()),
          second.run({ x: sampleFeeds().x }),
        ]);
        return outputs;
      });
      ensure(negated.rows?.data[1] === -2, `the second program gave ${spellData(negated)}`);
      ensureRows(await executable.run(sampleFeeds()), 1);
    },
  },
  {
    name: 'finishes runs that began before dispose',
    fix: 'Wait in dispose() for the runs under way',
    run: async (executable) => {
      const running = executable.run(sampleFeeds());
      await executable.dispose();
      ensureRows(await running, 1);
    },
  },
];

function ensureRows(outputs: TensorMap, scale: number): void {
  const found = outputs.rows?.data.join();
  const expected = sampleRows(scale).join();
  ensure(found === expected, `rows are ${found}, expected ${expected}`);
}

function spell(ports: Executable['inputs']): string {
  return Object.entries(ports)
    .map(([name, { dtype, shape }]) => `${name}: ${dtype} [${shape.join()}]`)
    .join('; ');
}

function spellData(tensors: TensorMap): string {
  return Object.values(tensors)
    .map(({ data }) => data.join())
    .join('; ');
}

import {
  bindDims,
  type Executable,
  type Executor,
  type Program,
  type TensorMap,
} from '@limaml/graph';

/** Runs one program on feeds of a few different sizes. */
export interface ProgramRunner {
  /** Feeds may hold more than the program's inputs. */
  run(feeds: TensorMap): Promise<TensorMap>;
  /** Milliseconds spent compiling and running so far. */
  readonly spent: { compile: number; run: number };
  dispose(): Promise<void>;
}

/**
 * Compiles a program once for every combination of sizes it meets: with numbers for dimensions the
 * runtime plans its memory ahead. Batches have few sizes (tables come in powers of two), so few programs
 * are compiled.
 */
export function createProgramRunner(
  executor: Executor,
  program: Program,
  name: string,
): ProgramRunner {
  const compiled = new Map<string, Promise<Executable>>();
  const spent = { compile: 0, run: 0 };
  const compile = async (dims: Readonly<Record<string, number>>): Promise<Executable> => {
    const started = performance.now();
    const executable = await executor.compile(bindDims(program, dims), { name });
    spent.compile += performance.now() - started;
    return executable;
  };
  return {
    spent,
    async run(feeds) {
      const dims = dimsOf(program, feeds);
      const key = JSON.stringify(dims);
      if (!compiled.has(key)) compiled.set(key, compile(dims));
      const executable = await compiled.get(key)!;
      const started = performance.now();
      const outputs = await executable.run(pickInputs(executable, feeds));
      spent.run += performance.now() - started;
      return outputs;
    },
    async dispose() {
      await Promise.all(
        [...compiled.values()].map(async (executable) => (await executable).dispose()),
      );
    },
  };
}

/** Reads the numbers behind a program's symbols off the feeds. */
function dimsOf(program: Program, feeds: TensorMap): Record<string, number> {
  const dims: Record<string, number> = {};
  for (const [name, { shape }] of Object.entries(program.inputs)) {
    shape.forEach((dim, axis) => {
      if (typeof dim === 'string') dims[dim] = feeds[name]!.shape[axis]!;
    });
  }
  return dims;
}

function pickInputs({ inputs }: Executable, feeds: TensorMap): TensorMap {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, feeds[name]!]));
}

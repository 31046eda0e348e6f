import {
  bindDims,
  type Executable,
  type Executor,
  type Program,
  type TensorMap,
} from '@limaml/graph';

/** Compiles one program for feeds of a few different sizes. */
export interface ProgramRunner {
  /** The program for the sizes of these feeds. */
  compiled(feeds: TensorMap): Promise<Executable>;
  /** Runs it. Feeds may hold more than the program's inputs. */
  run(feeds: TensorMap): Promise<TensorMap>;
  /**
   * Programs compiled so far, how many of them came from the executor's cache, milliseconds that it took,
   * and how often there was one already.
   */
  readonly spent: {
    readonly compiled: number;
    readonly cached: number;
    readonly milliseconds: number;
    readonly hits: number;
  };
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
  const programs = new Map<string, Promise<Executable>>();
  const spent = { compiled: 0, cached: 0, milliseconds: 0, hits: 0 };
  const compile = async (dims: Readonly<Record<string, number>>): Promise<Executable> => {
    const started = performance.now();
    const executable = await executor.compile(bindDims(program, dims), { name });
    spent.milliseconds += performance.now() - started;
    spent.compiled++;
    if (executable.cached === true) spent.cached++;
    return executable;
  };
  const compiled = (feeds: TensorMap): Promise<Executable> => {
    const dims = dimsOf(program, feeds);
    const key = JSON.stringify(dims);
    const known = programs.get(key);
    if (known !== undefined) spent.hits++;
    const made = known ?? compile(dims);
    programs.set(key, made);
    return made;
  };
  return {
    spent,
    compiled,
    async run(feeds) {
      const executable = await compiled(feeds);
      return executable.run(pickInputs(executable, feeds));
    },
    async dispose() {
      // One that could not be compiled has nothing to dispose of.
      const made = await Promise.allSettled(programs.values());
      const executables = made.flatMap((result) => ('value' in result ? [result.value] : []));
      await Promise.all(executables.map((executable) => executable.dispose()));
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

/** The feeds that a program has inputs for. */
export function pickInputs({ inputs }: Executable, feeds: TensorMap): TensorMap {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, feeds[name]!]));
}

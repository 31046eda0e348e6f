import type { Executor, Program, TensorMap } from '@limaml/graph';

/** The outputs of a program that is run a single time. */
export async function runOnce(
  executor: Executor,
  program: Program,
  feeds: TensorMap,
): Promise<TensorMap> {
  const compiled = await executor.compile(program);
  const outputs = await compiled.run(feeds);
  await compiled.dispose();
  return outputs;
}

import { interpret } from '@limaml/graph';
import type { Executor, Program, TensorMap } from '@limaml/graph';
import { expect } from 'vitest';

/** Compares an executor with the interpreter: floats to a relative tolerance, integers and bools exactly. */
export async function expectAgreement(
  executor: Executor,
  program: Program,
  feeds: TensorMap,
  tolerance = 1e-4,
): Promise<void> {
  const executable = await executor.compile(program);
  const found = await executable.run(feeds);
  await executable.dispose();
  const expected = interpret(program, feeds);
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const { dtype } = program.outputs[name]!;
    expect(found[name], name).toMatchObject({ dtype, shape });
    const worst = Math.max(
      ...data.map(
        (value, i) => Math.abs(found[name]!.data[i]! - value) / Math.max(1, Math.abs(value)),
      ),
      0,
    );
    expect(worst, name).toBeLessThanOrEqual(dtype === 'float32' ? tolerance : 0);
  }
}

import type { OrtExecutor } from '@limaml/backend-ort';
import { initParams, maml, parameterSpecs, scoreProgram } from '@limaml/core';
import { evaluateDim, freeze, optimize, type TensorMap, type TensorSpec } from '@limaml/graph';
import { quantiseOnnx, toOnnx } from '@limaml/onnx';
import { measure, type Contender, type MeasureOptions, type Timing } from './measure.ts';
import type { Workload } from './workloads.ts';

/** Candidates of a request. */
const CANDIDATES = [100, 1000];

/** Scores the candidates of one request with the float32 model and with the one of 8 bits, in turns. */
export async function quantisedScoreSuite(
  executor: OrtExecutor,
  workloads: readonly Workload[],
  options: MeasureOptions,
): Promise<readonly Timing[]> {
  const contenders: Contender[] = [];
  // Tables would be host-side inputs here; in a bundle they are constants, which are not quantised.
  for (const workload of workloads.filter(({ model }) => Object.keys(model.tables).length === 0))
    contenders.push(...(await scorersOf(executor, workload)));
  return measure(contenders, options);
}

async function scorersOf(executor: OrtExecutor, { name, model }: Workload): Promise<Contender[]> {
  const params = initParams(parameterSpecs(model, maml({ innerSteps: 1 })), 1);
  const program = scoreProgram(model);
  const used = Object.entries(params).filter(([input]) => input in program.inputs);
  const float32 = toOnnx(optimize(freeze(program, Object.fromEntries(used))));
  const loaded = {
    float32: await executor.load(float32),
    int8: await executor.load(quantiseOnnx(float32).bytes),
  };
  return CANDIDATES.flatMap((candidates) =>
    Object.entries(loaded).map(([dtype, scorer]) => {
      const feeds = drawFeeds(scorer.inputs, { T: 1, N: candidates, B: candidates });
      return {
        name: `${name}, ${candidates} candidates, ${dtype}`,
        run: () => scorer.run(feeds),
      };
    }),
  );
}

function drawFeeds(
  inputs: Readonly<Record<string, TensorSpec>>,
  sizes: Readonly<Record<string, number>>,
): TensorMap {
  const feeds = Object.entries(inputs).map(([name, { shape }]) => {
    const numeric = shape.map((dim) => evaluateDim(dim, sizes));
    const length = numeric.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length }, (_, at) => Math.sin(1 + at));
    return [name, { dtype: 'float32', shape: numeric, data }] as const;
  });
  return Object.fromEntries(feeds);
}

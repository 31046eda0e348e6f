import { createOrtExecutor, type OrtExecutor } from '@limaml/backend-ort';
import { isLimamlError } from '@limaml/errors';
import type { TensorMap } from '@limaml/graph';
import { drawBatch, drawParameters } from './batches.ts';
import { measure, type MeasureOptions, type Timing } from './measure.ts';
import { algorithmOf, metaStep, type MetaStepCase, nameOf, wholeProgram } from './meta-step.ts';
import { runOnce } from './run-once.ts';
import type { Workload } from './workloads.ts';

/** A measured meta-step on one execution provider. */
export interface ProviderTiming extends Timing {
  readonly provider: string;
  readonly compile: number;
  /**
   * Largest distance of a gradient from the one that the processor computes, over the largest element
   * of that gradient.
   */
  readonly distance: number;
}

/** The same meta-step on all providers that work here. */
export interface ProviderComparison {
  readonly name: string;
  readonly timings: readonly ProviderTiming[];
}

export interface ProvidersSuite {
  readonly comparisons: readonly ProviderComparison[];
  /** Why providers were not measured. */
  readonly failures: readonly string[];
}

export interface ProvidersOptions extends MeasureOptions {
  readonly workloads: readonly Workload[];
  /** The processor, in the calling thread: what the others are compared with. */
  readonly executor: OrtExecutor;
  readonly providers: readonly string[];
}

/** Second-order meta-steps on execution providers, in turns. One that does not work is left out. */
export async function providersSuite(options: ProvidersOptions): Promise<ProvidersSuite> {
  const executors: OrtExecutor[] = [];
  const failures: string[] = [];
  for (const provider of options.providers) {
    const made = await startOn(provider);
    if (typeof made === 'string') failures.push(made);
    else executors.push(made);
  }
  const comparisons: ProviderComparison[] = [];
  for (const step of casesOf(options.workloads))
    comparisons.push(await compare(step, executors, options));
  for (const executor of executors) await executor.dispose();
  return { comparisons, failures };
}

/** An executor on this provider alone, or what keeps it from working. */
async function startOn(provider: string): Promise<OrtExecutor | string> {
  try {
    return await createOrtExecutor({ executionProviders: [provider] });
  } catch (error) {
    if (isLimamlError(error)) return error.message;
    throw error;
  }
}

function casesOf(workloads: readonly Workload[]): readonly MetaStepCase[] {
  return workloads.flatMap((workload) =>
    [1, 5].map((innerSteps) => {
      return { workload, innerSteps, order: 'second', fastWeights: 'auto' } as const;
    }),
  );
}

async function compare(
  step: MetaStepCase,
  executors: readonly OrtExecutor[],
  options: ProvidersOptions,
): Promise<ProviderComparison> {
  const expected = await compute(options.executor, step);
  const distances: number[] = [];
  for (const executor of executors)
    distances.push(farthest(await compute(executor, step), expected));
  const steps = await Promise.all(executors.map((executor) => metaStep(executor, step)));
  const timings = await measure(steps, options);
  return {
    name: nameOf(step),
    timings: timings.map((timing, i) => {
      const [{ provider }, { compile }] = [executors[i]!, steps[i]!];
      return { ...timing, provider, compile, distance: distances[i]! };
    }),
  };
}

/** Loss and gradients of a step's first batch. */
function compute(executor: OrtExecutor, step: MetaStepCase): Promise<TensorMap> {
  const { workload } = step;
  const program = wholeProgram(step);
  const parameters = drawParameters(workload, algorithmOf(step));
  return runOnce(executor, program, { ...parameters, ...drawBatch(program, workload) });
}

/** The largest distance of a tensor from the expected one, over that one's largest element. */
function farthest(actual: TensorMap, expected: TensorMap): number {
  const distances = Object.entries(expected).map(([name, { data }]) => {
    const other = actual[name]!.data;
    let [distance, scale] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      distance = Math.max(distance, Math.abs(data[i]! - other[i]!));
      scale = Math.max(scale, Math.abs(data[i]!));
    }
    return scale === 0 ? distance : distance / scale;
  });
  return Math.max(...distances);
}

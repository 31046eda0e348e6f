import type { OrtExecutor } from '@limaml/backend-ort';
import { adaptation, powersOfTen, scaling, type Scaling } from './adaptation.ts';
import { measure, type MeasureOptions, type Timing } from './measure.ts';
import { metaStep, type MetaStepCase } from './meta-step.ts';
import { sgemm, SGEMM_FLOPS } from './sgemm.ts';
import type { Workload } from './workloads.ts';

export interface SuiteOptions extends MeasureOptions {
  readonly executor: OrtExecutor;
  readonly workloads: readonly Workload[];
  /** Largest number of entities that the scaling of adaptation goes to. */
  readonly entities: number;
}

/** A measured meta-step. */
export interface MetaStepResult extends Timing {
  readonly compile: number;
  /** Floating-point operations of the products that run, and of the step as one would write it down. */
  readonly flops: number;
  readonly plainFlops: number;
  /** Share of the sgemm peak of this run, in processor time, for either count. */
  readonly shareOfPeak: number;
  readonly plainShareOfPeak: number;
}

export interface MetaStepSuite {
  /** Operations per second of a large matrix product, by ONNX Runtime, in processor time. */
  readonly peak: number;
  readonly steps: readonly MetaStepResult[];
}

/** Meta-steps and the roofline: all forms of one workload take turns with a large matrix product. */
export async function metaStepSuite(options: SuiteOptions): Promise<readonly MetaStepSuite[]> {
  const suites: MetaStepSuite[] = [];
  for (const workload of options.workloads) suites.push(await metaStepsOf(workload, options));
  return suites;
}

async function metaStepsOf(workload: Workload, options: SuiteOptions): Promise<MetaStepSuite> {
  const { executor } = options;
  const steps = await Promise.all(casesOf(workload).map((each) => metaStep(executor, each)));
  const [product, ...timings] = await measure([await sgemm(executor), ...steps], options);
  const peak = SGEMM_FLOPS / product!.processor / 1e-3;
  return {
    peak,
    steps: timings.map((timing, i) => {
      const { compile, flops, plainFlops } = steps[i]!;
      const share = (work: number): number => work / (timing.processor * 1e-3) / peak;
      const shares = { shareOfPeak: share(flops), plainShareOfPeak: share(plainFlops) };
      return { ...timing, compile, flops, plainFlops, ...shares };
    }),
  };
}

function casesOf(workload: Workload): readonly MetaStepCase[] {
  return (['second', 'first'] as const).flatMap((order) =>
    [1, 5].flatMap((innerSteps) => {
      const step = { workload, innerSteps, order };
      const forms: readonly MetaStepCase[] = [
        { ...step, fastWeights: 'auto' },
        { ...step, fastWeights: 'materialised' },
      ];
      const { chunk } = workload;
      return chunk === undefined ? forms : [...forms, { ...step, fastWeights: 'auto', chunk }];
    }),
  );
}

/** A measured adaptation. */
export interface AdaptationResult extends Timing {
  readonly entitiesPerSecond: number;
}

export interface AdaptationSuite {
  readonly batches: readonly AdaptationResult[];
  readonly scaling: readonly Scaling[];
}

const BATCHES = [1, 32, 256];

/** Entities per second by batch size, and the cost of one as their number grows. */
export async function adaptationSuite(options: SuiteOptions): Promise<readonly AdaptationSuite[]> {
  const suites: AdaptationSuite[] = [];
  for (const workload of options.workloads) {
    const batches = await Promise.all(
      [1, 5].flatMap((steps) =>
        BATCHES.map((batch) => adaptation(options.executor, workload, steps, batch)),
      ),
    );
    const timings = await measure(batches, options);
    suites.push({
      batches: timings.map((timing, i) => {
        return { ...timing, entitiesPerSecond: (1000 * batches[i]!.entities) / timing.median };
      }),
      scaling: await scaling(batches[BATCHES.length - 1]!, powersOfTen(options.entities)),
    });
  }
  return suites;
}

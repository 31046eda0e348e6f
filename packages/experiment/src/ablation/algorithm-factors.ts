import { maml, type Algorithm } from '@limaml/core';
import { fingerprintOf } from '@limaml/data';
import type { AlgorithmSpec, ModelEntry } from '../spec/schema.js';
import { numberOf, Unsuitable, type AblationBase, type Factor } from './factor.js';

/** Steps of the inner loop, of training and of adaptation. */
export const innerSteps: Factor = {
  description: 'steps K of the inner loop; 0 does not adapt',
  levels: () => ['0', '1', '3', '5', '10'],
  apply: (base, level) =>
    withAlgorithm(base, { innerSteps: numberOf(level, { least: 0, whole: true }) }),
};

/** The inner rate, or the first value of a learned one. */
export const innerRate: Factor = {
  description: 'inner rate, where it is learned its first value: a factor such as x3, or a number',
  levels: (base) => {
    assertAdapts(base);
    return ['x0.3', 'x1', 'x3'];
  },
  apply: (base, level) => {
    const factor = /^[x×](.+)$/.exec(level)?.[1];
    const given = numberOf(factor ?? level, { least: Number.MIN_VALUE, whole: false });
    const { innerLearningRate: rate } = base.algorithm;
    return withAlgorithm(base, {
      innerLearningRate: withRate(rate, factor === undefined ? given : given * initialOf(rate)),
    });
  },
};

/** Whether the meta-gradient goes through the inner steps. */
export const order: Factor = {
  description: 'order of the meta-gradient: first or second',
  levels: (base) => {
    assertAdapts(base);
    if (base.algorithm.metaGradient === 'unrolled') return ['first', 'second'];
    throw new Unsuitable(`a meta-gradient of kind "${base.algorithm.metaGradient}" has one order`);
  },
  apply: (base, level) => {
    if (level === 'first' || level === 'second') return withAlgorithm(base, { order: level });
    throw new Unsuitable(`"${level}" is neither first nor second`);
  },
};

/** The algorithm as a whole, by the name of a preset. */
export const algorithm: Factor = {
  description: 'algorithm preset, with the inner rate of the model and what else no preset decides',
  levels: ({ registry }) => registry.list('algorithm').map(({ name }) => name),
  apply: (base, preset) => ({ ...base.entry, algorithm: presetFor(base, preset) }),
};

/** Options of the base that are kept under any preset. */
const KEPT = [
  'innerOptimiser',
  'loss',
  'supportShrinkage',
  'innerClipNorm',
  'taskWeighting',
] as const;

/**
 * A preset under the circumstances of the base: its inner rate as the (first) rate, and its steps and adapted
 * parameters where the preset does not decide them.
 */
function presetFor(
  { entry, algorithm: own, registry }: AblationBase,
  preset: string,
): AlgorithmSpec {
  const made = registry.get('algorithm', preset).create({});
  const given = KEPT.flatMap((key) =>
    key in entry.algorithm ? [[key, entry.algorithm[key]]] : [],
  );
  const kept = Object.fromEntries(given) as Pick<AlgorithmSpec, (typeof KEPT)[number]>;
  const { adapts } = entry.algorithm;
  return {
    ...kept,
    preset,
    innerLearningRate: withRate(made.innerLearningRate, initialOf(own.innerLearningRate)),
    ...(!decidesSteps(made) && { innerSteps: own.innerSteps }),
    ...(!decides(made, 'adapts') && adapts !== undefined && { adapts }),
  };
}

/** A list of losses has one weight for every step. */
function decidesSteps(made: Algorithm): boolean {
  return decides(made, 'innerSteps') || Array.isArray(made.stepLoss);
}

/** Whether a preset has another value than plain MAML. */
function decides(made: Algorithm, key: keyof Algorithm): boolean {
  return fingerprintOf({ value: made[key] }) !== fingerprintOf({ value: maml()[key] });
}

function withAlgorithm({ entry }: AblationBase, changes: AlgorithmSpec): ModelEntry {
  return { ...entry, algorithm: { ...entry.algorithm, ...changes } };
}

function initialOf(rate: Algorithm['innerLearningRate']): number {
  return typeof rate === 'number' ? rate : rate.initial;
}

/** The same kind of rate with another (first) value. */
function withRate(
  rate: Algorithm['innerLearningRate'],
  value: number,
): NonNullable<AlgorithmSpec['innerLearningRate']> {
  const rounded = Number(value.toPrecision(6));
  return typeof rate === 'number' ? rounded : { per: rate.per, initial: rounded };
}

function assertAdapts({ algorithm: { innerSteps: steps } }: AblationBase): void {
  if (steps === 0) throw new Unsuitable('the model has no inner steps');
}

import type { Algorithm } from '@limaml/core';
import type { Registry } from '@limaml/plugin';
import type { ExperimentSpec, ModelEntry } from '../spec/schema.js';

/** The model that an ablation changes, and what it belongs to. */
export interface AblationBase {
  readonly entry: ModelEntry;
  /** What the entry's algorithm comes to. */
  readonly algorithm: Algorithm;
  readonly spec: ExperimentSpec;
  readonly registry: Registry;
}

/** One thing that can be changed of a model. */
export interface Factor {
  /** In a word, what it does, for help texts. */
  readonly description: string;
  /**
   * Levels that make sense for a model.
   * @throws Unsuitable when there are none
   */
  readonly levels: (base: AblationBase) => readonly string[];
  /**
   * The model with a level, checked by nobody yet.
   * @throws Unsuitable when the level makes no sense
   */
  readonly apply: (base: AblationBase, level: string) => ModelEntry;
}

/** Says that a factor or a level does not suit a model; it is left out where nobody asked for it. */
export class Unsuitable extends Error {}

/** @throws Unsuitable unless the level is a number from `least` on, whole where it must be */
export function numberOf(
  level: string,
  { least, whole }: { least: number; whole: boolean },
): number {
  const value = Number(level);
  const fits =
    level.trim() !== '' && value >= least && (whole ? Number.isSafeInteger(value) : true);
  if (fits && Number.isFinite(value)) return value;
  throw new Unsuitable(`"${level}" is no ${whole ? 'whole ' : ''}number of at least ${least}`);
}

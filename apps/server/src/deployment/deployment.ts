import type { Generation } from './generation.js';
import { shareOf } from './share-of.js';

/** Which bundles serve, by name. */
export interface Plan {
  /** Share of the entities by bundle; shares are relative to each other. */
  readonly shares: Readonly<Record<string, number>>;
  /** A bundle that scores every request too; its scores are compared, never returned. */
  readonly shadow?: string | undefined;
}

/** Generations that serve together, each its share of the entities. It never changes: a new plan makes another. */
export class Deployment {
  readonly plan: Plan;
  readonly generations: readonly Generation[];
  readonly shadow: Generation | undefined;
  /** Upper end of each generation's share. */
  readonly #ends: readonly number[];
  #leases = 0;
  #onIdle: (() => void) | undefined;

  /** @param open generations by name, all that the plan names */
  constructor(plan: Plan, open: ReadonlyMap<string, Generation>) {
    this.plan = plan;
    const names = Object.keys(plan.shares).sort();
    this.generations = names.map((name) => open.get(name)!);
    this.shadow = plan.shadow === undefined ? undefined : open.get(plan.shadow);
    let end = 0;
    this.#ends = names.map((name) => (end += this.shareOf(name)));
  }

  /** Share of the entities that a bundle serves, 0 to 1. */
  shareOf(name: string): number {
    const total = Object.values(this.plan.shares).reduce((sum, share) => sum + share, 0);
    return (this.plan.shares[name] ?? 0) / total;
  }

  /** Those that serve, and the shadow. */
  get everyGeneration(): readonly Generation[] {
    const { shadow, generations } = this;
    return shadow === undefined || generations.includes(shadow)
      ? generations
      : [...generations, shadow];
  }

  /** The generation of an entity, always the same one. */
  generationOf(entity: string): Generation {
    if (this.generations.length === 1) return this.generations[0]!;
    const share = shareOf(entity);
    const at = this.#ends.findIndex((end) => share < end);
    return this.generations.at(at)!;
  }

  /** Uses it for the time of `work`. */
  async use<Result>(work: (deployment: Deployment) => Promise<Result>): Promise<Result> {
    this.#leases++;
    try {
      return await work(this);
    } finally {
      if (--this.#leases === 0) this.#onIdle?.();
    }
  }

  /** Settles when nobody uses it any more. To be called once nobody can begin to. */
  drained(): Promise<void> {
    return this.#leases === 0
      ? Promise.resolve()
      : new Promise((resolve) => (this.#onIdle = resolve));
  }
}

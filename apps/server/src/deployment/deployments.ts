import { bundleNotReady, nothingToRollBack } from '../errors.js';
import { Deployment, type Plan } from './deployment.js';
import { openGeneration, type Generation, type GenerationSource } from './generation.js';

/** The deployment that serves, and the way to another one. */
export class Deployments {
  readonly #source: GenerationSource;
  /** Generations that are open, by name. */
  #open = new Map<string, Generation>();
  #current: Deployment;
  #before: Plan | undefined;
  /** Changes happen one after the other. */
  #changing: Promise<unknown> = Promise.resolve();
  #following: Promise<boolean> | undefined;
  readonly #retiring = new Set<Promise<void>>();

  private constructor(source: GenerationSource, first: Deployment, open: Map<string, Generation>) {
    this.#source = source;
    this.#current = first;
    this.#open = open;
  }

  static async start(plan: Plan, source: GenerationSource): Promise<Deployments> {
    const open = await openAll(plan, source, new Map());
    return new Deployments(source, new Deployment(plan, open), open);
  }

  get current(): Deployment {
    return this.#current;
  }

  /** Uses the current deployment for the time of `work`: however long, it is not disposed of meanwhile. */
  use<Result>(work: (deployment: Deployment) => Promise<Result>): Promise<Result> {
    return this.#current.use(work);
  }

  /**
   * Changes to another plan. Bundles are opened first; then new requests get the new deployment, and what
   * only the old one used is disposed of when its last request is done.
   */
  change(planOf: (current: Plan) => Plan): Promise<Deployment> {
    const changed = this.#changing.then(() => this.#changeTo(planOf(this.#current.plan)));
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  /**
   * Goes back to the plan before the last change.
   * @throws LIMAML_ERR_SERVER_ROLLBACK_IMPOSSIBLE
   */
  rollback(name: string): Promise<Deployment> {
    return this.change((current) => {
      if (this.#before === undefined || !(name in current.shares)) throw nothingToRollBack();
      return this.#before;
    });
  }

  /**
   * Serves the bundle that made what the store holds now: somebody generated with another bundle into the
   * same store. Only where one bundle serves everybody, and the other one is there.
   *
   * @returns whether the store and the bundle that serves fit each other now
   */
  follow(): Promise<boolean> {
    this.#following ??= this.#follow().finally(() => {
      this.#following = undefined;
    });
    return this.#following;
  }

  async close(): Promise<void> {
    await this.#changing;
    await Promise.all(this.#retiring);
    await this.#current.drained();
    await Promise.all([...this.#open.values()].map((generation) => generation.dispose()));
  }

  async #follow(): Promise<boolean> {
    const [only, ...others] = this.#current.generations;
    const { entity, fingerprint } = only!.bundle.manifest;
    const version = await only!.store.current(entity);
    if (others.length > 0 || version === undefined) return false;
    if (version.bundle === fingerprint) return true;
    const listed = await this.#source.library.list();
    const maker = listed.find(({ manifest }) => manifest.fingerprint === version.bundle);
    if (maker === undefined) return false;
    await this.change(() => ({ shares: { [maker.name]: 1 } }));
    return true;
  }

  async #changeTo(plan: Plan): Promise<Deployment> {
    const open = await openAll(plan, this.#source, this.#open, assertReady);
    const retired = this.#current;
    const unused = [...this.#open.values()].filter(({ name }) => !open.has(name));
    this.#open = open;
    this.#before = retired.plan;
    this.#current = new Deployment(plan, open);
    this.#retire(retired, unused);
    return this.#current;
  }

  #retire(deployment: Deployment, unused: readonly Generation[]): void {
    // An older deployment may still be in use, and may share generations with this one.
    const done = Promise.all([deployment.drained(), ...this.#retiring])
      .then(() => Promise.all(unused.map((generation) => generation.dispose())))
      .then(() => {
        this.#retiring.delete(done);
      });
    this.#retiring.add(done);
  }
}

/** Opens the generations of a plan that are not open yet; none stays open when one fails. */
async function openAll(
  plan: Plan,
  source: GenerationSource,
  known: ReadonlyMap<string, Generation>,
  check: (generation: Generation) => Promise<void> = () => Promise.resolve(),
): Promise<Map<string, Generation>> {
  const names = new Set([...Object.keys(plan.shares), ...(plan.shadow ? [plan.shadow] : [])]);
  const opened: Generation[] = [];
  try {
    for (const name of names) {
      if (known.has(name)) continue;
      const generation = await openGeneration(name, source);
      opened.push(generation);
      await check(generation);
    }
  } catch (error) {
    await Promise.all(opened.map((generation) => generation.dispose()));
    throw error;
  }
  const all = [...[...names].flatMap((name) => known.get(name) ?? []), ...opened];
  return new Map(all.map((generation) => [generation.name, generation]));
}

/** A bundle without embeddings would serve everybody a prior: at a start that may be meant, later on it is not. */
async function assertReady({ bundle, store }: Generation): Promise<void> {
  if ((await store.current(bundle.manifest.entity)) === undefined) throw bundleNotReady();
}

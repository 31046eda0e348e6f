import { createRandom } from '@limaml/data';
import type { SupportEvent } from '@limaml/serving';
import { setTimeout as sleep } from 'node:timers/promises';
import { agrees } from './agreement.ts';
import { BUNDLES, type Expected, type Reference } from './reference.ts';
import { Refused, type SoakedServer, Unanswered } from './soaked-server.ts';
import { fail, type Tally } from './tally.ts';

const LEARNERS = 50;
const CANDIDATES = 20;
/** Milliseconds between two events, about: the reference adapts to each in this process, too. */
const PAUSE = 60;
/** Longest that the effect of an event may take once the server is up, in milliseconds. */
const PATIENCE = 30_000;
/** Events in a row that may change no score. */
const IDLE_EVENTS = 5;

/** A new member, whose events come one by one. */
interface Learner {
  readonly entity: string;
  readonly candidates: readonly string[];
  readonly events: SupportEvent[];
  /** What scores must be after no event, after one, … */
  readonly states: Expected[];
}

/** Members that begin without a past: what the server knows of them came as events. */
export class Learners {
  readonly #server: SoakedServer;
  readonly #reference: Reference;
  readonly #tally: Tally;
  readonly #learners: Learner[] = [];
  /** Drawn, so that an event is never what it puts out of a full window. */
  readonly #random = createRandom(23);
  #sent = 0;

  private constructor(server: SoakedServer, reference: Reference, tally: Tally) {
    this.#server = server;
    this.#reference = reference;
    this.#tally = tally;
  }

  static async create(server: SoakedServer, reference: Reference, tally: Tally): Promise<Learners> {
    const learners = new Learners(server, reference, tally);
    for (let at = 0; at < LEARNERS; at++) await learners.#add(`learner-${at}`);
    return learners;
  }

  async #add(entity: string): Promise<void> {
    const jobs = this.#reference.market.log.entities.job!.ids;
    const candidates = jobs.slice(0, CANDIDATES);
    const prior = await this.#reference.scoreAfter(entity, [], candidates);
    this.#learners.push({ entity, candidates, events: [], states: [prior] });
  }

  /** Sends events and looks at scores until it is told to stop. */
  async learnOn(signal: AbortSignal): Promise<void> {
    for (let turn = 0; !signal.aborted; turn++) {
      const learner = this.#learners[turn % this.#learners.length]!;
      await this.#learn(learner);
      await this.#look(learner);
      await sleep(PAUSE);
    }
  }

  /** One event more for each; an event that changes no score could be lost unseen, and another follows. */
  async learnOnce(): Promise<void> {
    for (const learner of this.#learners) {
      for (let tries = 0; tries < IDLE_EVENTS; tries++) {
        await this.#learn(learner);
        if (hasEffect(learner)) break;
      }
    }
  }

  /** Waits until the scores of every learner are those after all of its events. */
  async expectAll(): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    for (const learner of this.#learners) {
      if (!hasEffect(learner)) fail(this.#tally, `no event of ${learner.entity} has an effect`);
      while (!(await this.#isUpToDate(learner))) {
        if (performance.now() > deadline) {
          fail(this.#tally, `${learner.entity} lacks an event that was accepted`);
          break;
        }
        await sleep(50);
      }
    }
  }

  async #learn(learner: Learner): Promise<void> {
    const jobs = this.#reference.market.log.entities.job!.ids;
    const [at, random] = [this.#sent++, this.#random];
    const event = { candidate: jobs[random.int(jobs.length)]!, label: random.int(3) === 0 ? 1 : 0 };
    const { entity, events, candidates, states } = learner;
    events.push(event);
    states.push(await this.#reference.scoreAfter(entity, events, candidates));
    await this.#sendUntilAccepted({ id: `soak-${at}`, entity, time: 1e12 + at, ...event });
    this.#tally.events++;
  }

  /** What was not answered may have been accepted or not: it is sent again under its id. */
  async #sendUntilAccepted(event: Parameters<SoakedServer['send']>[0]): Promise<void> {
    for (;;) {
      try {
        await this.#server.send(event);
        return;
      } catch (error) {
        if (error instanceof Refused) this.#tally.refused++;
        else if (error instanceof Unanswered) this.#tally.unanswered++;
        else fail(this.#tally, (error as Error).message);
        await sleep(200);
      }
    }
  }

  /** Whatever the server has got to, its scores are those after some of the events, in their order. */
  async #look({ entity, candidates, states }: Learner): Promise<void> {
    try {
      const answer = await this.#server.score(entity, candidates);
      this.#tally.answers++;
      if (!states.some((state) => agrees(answer, state)))
        fail(this.#tally, `a score of ${entity} that no order of events gives`);
    } catch (error) {
      if (error instanceof Unanswered) this.#tally.unanswered++;
      else fail(this.#tally, (error as Error).message);
    }
  }

  async #isUpToDate({ entity, candidates, states }: Learner): Promise<boolean> {
    const answer = await this.#server.score(entity, candidates);
    this.#tally.answers++;
    return agrees(answer, states.at(-1)!);
  }
}

/** Whether the last event changed the scores of both bundles. */
function hasEffect({ states }: Learner): boolean {
  const [before, after] = states.slice(-2) as [Expected, Expected];
  return BUNDLES.every((bundle) => !agrees({ scores: [...after[bundle]], bundle }, before));
}

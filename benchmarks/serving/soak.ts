import { createRandom } from '@limaml/data';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Learners } from './soak/learners.ts';
import { judgeMemory, type MemoryVerdict } from './soak/memory.ts';
import { readOn, stillQuestions } from './soak/readers.ts';
import { BUNDLES, openReference, type Reference } from './soak/reference.ts';
import { SoakedServer, Unanswered } from './soak/soaked-server.ts';
import { createTally, fail, type Tally } from './soak/tally.ts';

/** What a soak came to. */
export interface SoakResult extends Readonly<Tally> {
  readonly minutes: number;
  /** Of the last life of the server, which is at least half of the soak. */
  readonly memory: MemoryVerdict;
  readonly passed: boolean;
}

/** Requests at once that only read. */
const READERS = 8;
/** Milliseconds between two swaps of the bundle, and between two looks at the memory. */
const [SWAP, SAMPLE] = [5_000, 1_000];

/**
 * Load with bundle swaps, events and two `kill -9` at random times of the first half. Every answer is checked
 * against a scorer in this process; in the end every accepted event must show in the scores.
 */
export async function soak(minutes: number): Promise<SoakResult> {
  const folder = await mkdtemp(join(tmpdir(), 'limaml-soak-'));
  const reference = await openReference(folder);
  const server = await SoakedServer.start(folder);
  try {
    return await soakServer(server, reference, minutes);
  } finally {
    await server.close();
    await reference.close();
    await rm(folder, { recursive: true });
  }
}

async function soakServer(
  server: SoakedServer,
  reference: Reference,
  minutes: number,
): Promise<SoakResult> {
  const tally = createTally();
  const questions = await stillQuestions(reference);
  const learners = await Learners.create(server, reference, tally);
  const over = new AbortController();
  const lives: number[][] = [[]];
  const work = [
    ...Array.from({ length: READERS }, (_, at) =>
      readOn(server, questions, tally, over.signal, 25 * at),
    ),
    learners.learnOn(over.signal),
    swapOn(server, tally, over.signal),
    sampleOn(server, lives, over.signal),
    killTwice(server, tally, lives, minutes),
  ];
  await sleep(minutes * 60_000);
  over.abort();
  await Promise.all(work);
  await finish(server, learners);
  const memory = judgeMemory(lives.at(-1)!);
  return { ...tally, minutes, memory, passed: tally.failed === 0 && memory.flat !== false };
}

/** Every event must show with the one bundle and, after one event more, with the other. */
async function finish(server: SoakedServer, learners: Learners): Promise<void> {
  for (const bundle of BUNDLES) {
    await server.activate(bundle);
    await learners.learnOnce();
    await learners.expectAll();
  }
}

async function swapOn(server: SoakedServer, tally: Tally, signal: AbortSignal): Promise<void> {
  for (let turn = 1; !signal.aborted; turn++) {
    await sleep(SWAP);
    try {
      await server.activate(BUNDLES[turn % BUNDLES.length]!);
      tally.swaps++;
    } catch (error) {
      if (!(error instanceof Unanswered)) fail(tally, (error as Error).message);
    }
  }
}

async function sampleOn(
  server: SoakedServer,
  lives: readonly number[][],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(SAMPLE);
    lives.at(-1)!.push(await server.residentMiB());
  }
}

async function killTwice(
  server: SoakedServer,
  tally: Tally,
  lives: number[][],
  minutes: number,
): Promise<void> {
  const random = createRandom(Date.now() % 2 ** 31);
  const moments = [0.1 + 0.15 * random.uniform(), 0.3 + 0.15 * random.uniform()];
  let before = 0;
  for (const moment of moments) {
    await sleep((moment - before) * minutes * 60_000);
    before = moment;
    await server.killAndRestart();
    lives.push([]);
    tally.restarts++;
  }
}

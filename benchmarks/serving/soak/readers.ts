import { agrees } from './agreement.ts';
import type { Expected, Reference } from './reference.ts';
import { type SoakedServer, Unanswered } from './soaked-server.ts';
import { fail, type Tally } from './tally.ts';

/** A request whose answer changes with the bundle alone. */
export interface Question {
  readonly entity: string;
  readonly candidates: readonly string[];
  readonly expected: Expected;
}

const MEMBERS = 200;
const CANDIDATES = 100;

/** Members that no event comes for. */
export async function stillQuestions(reference: Reference): Promise<Question[]> {
  const { log, tasks } = reference.market;
  const jobs = log.entities.job!.ids;
  const questions: Question[] = [];
  for (const [at, entity] of tasks.taskIds.slice(0, MEMBERS).entries()) {
    const candidates = Array.from(
      { length: CANDIDATES },
      (_, row) => jobs[(17 * at + row) % jobs.length]!,
    );
    questions.push({ entity, candidates, expected: await reference.score(entity, candidates) });
  }
  return questions;
}

/** Asks one question after the other until it is told to stop, and checks every answer. */
export async function readOn(
  server: SoakedServer,
  questions: readonly Question[],
  tally: Tally,
  signal: AbortSignal,
  first: number,
): Promise<void> {
  for (let at = first; !signal.aborted; at++)
    await ask(server, questions[at % questions.length]!, tally);
}

async function ask(server: SoakedServer, question: Question, tally: Tally): Promise<void> {
  const { entity, candidates, expected } = question;
  try {
    const answer = await server.score(entity, candidates);
    tally.answers++;
    if (!agrees(answer, expected)) fail(tally, `a wrong score of ${entity} by ${answer.bundle}`);
  } catch (error) {
    if (!(error instanceof Unanswered)) fail(tally, (error as Error).message);
    else await pause(tally);
  }
}

/** Nobody hammers a server that is down. */
async function pause(tally: Tally): Promise<void> {
  tally.unanswered++;
  await new Promise((resolve) => setTimeout(resolve, 100));
}

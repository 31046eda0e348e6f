import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { quantile } from '../measure.ts';
import { checkScores } from './check-scores.ts';
import { type Contender, sources, startContenders } from './contenders.ts';
import { type Form, FORMS } from './marketplace.ts';
import { openStage, type Stage } from './stage.ts';

/** What the load generator saw in one turn. Times in milliseconds. */
export interface LoadTurn {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Processor time of the server for each request, in milliseconds: what other work on the machine changes least. */
  readonly processor: number;
  /** Answers other than 200, and connections that failed. */
  readonly failed: number;
}

/** One server under one load: medians over rounds, and the round with most requests per second. */
export interface LoadResult {
  readonly contender: string;
  readonly form: Form;
  readonly connections: number;
  readonly median: LoadTurn;
  readonly best: LoadTurn;
  readonly rounds: readonly LoadTurn[];
}

export interface ServingSuite {
  readonly results: readonly LoadResult[];
  /** Resident memory of each server at the end, in MiB. */
  readonly residentMiB: Readonly<Record<string, number>>;
  /** Servers that did not start, and why. */
  readonly absent: readonly string[];
}

export interface ServingOptions {
  /** In each of them every server has its turn under every load. */
  readonly rounds: number;
  /** Length of a turn. */
  readonly seconds: number;
}

const CONNECTIONS = [1, 16, 64];

/** Loads the servers in turns, after every score of each was found right. */
export async function servingSuite(options: ServingOptions): Promise<ServingSuite> {
  const stage = await openStage();
  const { contenders, absent } = await startContenders(stage);
  try {
    for (const contender of contenders) await checkScores(contender, stage.requests);
    const results = await loadAll(contenders, stage, options);
    return { results, residentMiB: await memoryOf(contenders), absent };
  } finally {
    for (const { process } of contenders) await process.end('SIGTERM');
    await stage.close();
  }
}

interface Load {
  readonly form: Form;
  readonly connections: number;
}

async function loadAll(
  contenders: readonly Contender[],
  { folder }: Stage,
  { rounds, seconds }: ServingOptions,
): Promise<LoadResult[]> {
  const loads = FORMS.flatMap((form) => CONNECTIONS.map((connections) => ({ form, connections })));
  const cells = loads.flatMap((load) => contenders.map((contender) => ({ load, contender })));
  const turns = cells.map((): LoadTurn[] => []);
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`serving: round ${round + 1} of ${rounds}\n`);
    for (const [at, { load, contender }] of cells.entries())
      turns[at]!.push(await takeTurn(contender, load, folder, seconds));
  }
  return cells.map(({ load, contender }, at) => ({
    ...{ contender: contender.name, ...load },
    ...summary(turns[at]!),
  }));
}

async function takeTurn(
  { process: server }: Contender,
  { form, connections }: Load,
  folder: string,
  seconds: number,
): Promise<LoadTurn> {
  const bodies = join(folder, `${form}.jsonl`);
  const warmup = Math.max(1, Math.round(seconds / 4));
  const options = { url: `${server.url}/v1/score`, bodies, connections, warmup, seconds };
  const args = [...sources('load.mjs'), JSON.stringify(options)];
  const started = await server.processorMs();
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const used = (await server.processorMs()) - started;
  const { requests, ...turn } = JSON.parse(stdout) as LoadTurn & { readonly requests: number };
  return { ...turn, processor: used / requests };
}

function summary(rounds: readonly LoadTurn[]): Pick<LoadResult, 'median' | 'best' | 'rounds'> {
  const middle = (of: keyof LoadTurn): number =>
    quantile(
      rounds.map((turn) => turn[of]),
      0.5,
    );
  const best = rounds.reduce((one, other) => (other.perSecond > one.perSecond ? other : one));
  const median = {
    ...{ perSecond: middle('perSecond'), p50: middle('p50'), p99: middle('p99') },
    ...{ p999: middle('p999'), processor: middle('processor') },
    ...{ failed: rounds.reduce((sum, { failed }) => sum + failed, 0) },
  };
  return { median, best, rounds };
}

async function memoryOf(contenders: readonly Contender[]): Promise<Record<string, number>> {
  const sizes = contenders.map(async ({ name, process }) => [name, await process.residentMiB()]);
  return Object.fromEntries((await Promise.all(sizes)) as [string, number][]);
}

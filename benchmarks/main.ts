import { createOrtExecutor } from '@limaml/backend-ort';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bigTables } from './big-tables.ts';
import { exportInputs } from './export-inputs.ts';
import { generationSuite } from './generation.ts';
import { describeMachine } from './machine.ts';
import { PEERS } from './peer-crew.ts';
import { peersSuite } from './peers.ts';
import { providersSuite } from './providers.ts';
import { quantisedScoreSuite } from './quantised-score.ts';
import { toMarkdown, type Results } from './report.ts';
import { storesSuite } from './stores.ts';
import { freshnessSuite } from './serving/freshness.ts';
import { soak } from './serving/soak.ts';
import { servingSuite, type ServingOptions } from './serving/serving.ts';
import { adaptationSuite, metaStepSuite, type SuiteOptions } from './suites.ts';
import { workerScalingSuite } from './worker-scaling.ts';
import { WORKLOADS } from './workloads.ts';

const SUITES = [
  'meta-step',
  'workers',
  'adaptation',
  'generation',
  'big-tables',
  'stores',
  'quantised-score',
  'peers',
  'providers',
  'serving',
  'freshness',
  'soak',
];

/** Suites that run only when they are named. */
const NAMED = ['providers', 'freshness', 'soak'];

const DEFAULTS = {
  only: SUITES.filter((suite) => !NAMED.includes(suite)).join(),
  workloads: WORKLOADS.map(({ name }) => name).join(),
  peers: PEERS.join(),
  providers: 'cpu',
  rounds: '15',
  turn: '100',
  seconds: '3',
  threads: '1',
  entities: '100000',
  tables: '100000,1000000,20000000',
  out: 'runs/benchmarks',
};

/** Shows in minutes that everything works; the figures are rough. torch-compile compiles for minutes. */
const QUICK = {
  workloads: 'small',
  peers: PEERS.filter((peer) => peer !== 'torch-compile').join(),
  rounds: '3',
  turn: '50',
  seconds: '1',
  entities: '1000',
  tables: '10000,100000',
};

const OPTIONS = {
  only: { type: 'string' },
  workloads: { type: 'string' },
  peers: { type: 'string' },
  providers: { type: 'string' },
  rounds: { type: 'string' },
  turn: { type: 'string' },
  seconds: { type: 'string' },
  threads: { type: 'string' },
  entities: { type: 'string' },
  tables: { type: 'string' },
  out: { type: 'string' },
  export: { type: 'string' },
  quick: { type: 'boolean' },
} as const;

/** Runs the benchmarks that the command line names; writes results.json and results.md. */
export async function main(args: readonly string[]): Promise<void> {
  const { values: given, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  });
  const providersOnly = given.providers === undefined ? {} : { only: 'providers' };
  const values = {
    ...DEFAULTS,
    ...providersOnly,
    ...(given.quick === true ? QUICK : {}),
    ...given,
  };
  const threads = positive('threads', values.threads);
  const executor = await createOrtExecutor({ threads });
  const options: RunOptions = {
    executor,
    workloads: named(
      values.workloads,
      WORKLOADS.map(({ name }) => name),
    ).map(workloadOf),
    rounds: positive('rounds', values.rounds),
    turn: positive('turn', values.turn),
    seconds: positive('seconds', values.seconds),
    entities: positive('entities', values.entities),
    tables: values.tables.split(',').map((rows) => positive('tables', rows)),
    peers: named(values.peers, PEERS),
    providers: values.providers.split(','),
    minutes: positive('minutes', positionals[0] ?? '2'),
    freshnessSeconds: positive('seconds', positionals[0] ?? '30'),
  };
  const only = named(values.only, SUITES);
  if (values.export === undefined)
    await writeResults(await run(options, only, threads), values.out);
  else await exportInputs(executor, options.workloads, values.export);
  await executor.dispose();
}

interface RunOptions extends SuiteOptions {
  readonly peers: readonly string[];
  /** Rows of the big tables. */
  readonly tables: readonly number[];
  readonly providers: readonly string[];
  /** Length of the soak. */
  readonly minutes: number;
  /** How long events are sent. */
  readonly freshnessSeconds: number;
  /** Seconds of each turn under load. */
  readonly seconds: number;
}

async function run(
  options: RunOptions,
  only: readonly string[],
  threads: number,
): Promise<Results> {
  return {
    machine: describeMachine(),
    threads,
    rounds: options.rounds,
    // First, since its peak memory is that of the process.
    ...(only.includes('adaptation') ? { adaptation: await adaptationSuite(options) } : {}),
    ...(only.includes('meta-step') ? { metaStep: await metaStepSuite(options) } : {}),
    ...(only.includes('workers')
      ? { workers: await workerScalingSuite(options.executor, options.workloads, options) }
      : {}),
    ...(only.includes('generation') ? { generation: await generationSuite(options.entities) } : {}),
    ...(only.includes('big-tables')
      ? { bigTables: await bigTables(options.executor, options.tables) }
      : {}),
    ...(only.includes('stores') ? { stores: await storesSuite(options.entities) } : {}),
    ...(only.includes('quantised-score')
      ? {
          quantisedScore: await quantisedScoreSuite(options.executor, options.workloads, options),
        }
      : {}),
    ...(only.includes('peers') ? { peers: await peersSuite(options) } : {}),
    ...(only.includes('serving') ? { serving: await servingSuite(loadOf(options)) } : {}),
    ...(only.includes('freshness')
      ? { freshness: await freshnessSuite(options.freshnessSeconds) }
      : {}),
    ...(only.includes('soak') ? { soak: await soak(options.minutes) } : {}),
    ...(only.includes('providers') ? { providers: await providersSuite(options) } : {}),
  };
}

/** A turn under load takes seconds, not a tenth of one. */
function loadOf({ rounds, seconds }: RunOptions): ServingOptions {
  return { rounds: Math.ceil(rounds / 5), seconds };
}

async function writeResults(results: Results, folder: string): Promise<void> {
  const markdown = `${toMarkdown(results)}\n`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(join(folder, 'results.md'), markdown);
  process.stdout.write(markdown);
  if (results.soak?.passed === false) process.exitCode = 1;
}

/** Reads a list of names. @throws Error for a name that there is not */
function named(list: string, known: readonly string[]): readonly string[] {
  const names = list.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no "${unknown}"; there are ${known.join(', ')}`);
  return names;
}

function workloadOf(name: string): (typeof WORKLOADS)[number] {
  return WORKLOADS.find((workload) => workload.name === name)!;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${option} is ${text}; it must be a whole number above zero`);
  return value;
}

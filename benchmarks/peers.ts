import { createOrtExecutor, type OrtExecutor } from '@limaml/backend-ort';
import { createTfjsExecutor, type TfjsExecutor } from '@limaml/backend-tfjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionOf } from './machine.ts';
import { type Contender, measure, type MeasureOptions, type Timing } from './measure.ts';
import { type PeerCase, peerCases } from './peer-cases.ts';
import { type PeerId, PeerMismatch, PeerProcess, whyNoPeers } from './peer-process.ts';
import { SGEMM_FLOPS, SGEMM_SIZE } from './sgemm.ts';
import { tfjsPeer } from './tfjs-peer.ts';
import type { Workload } from './workloads.ts';

/** The peer that is an executor of this repository. */
const TFJS = 'tfjs';

/** Names of the peers; see peers/README.md. */
export const PEERS = [
  'learn2learn',
  'higher',
  'torch-loop',
  'torch-batched',
  'torch-func',
  'torch-compile',
  'jax',
  TFJS,
];

/** What multiplies large matrices with the BLAS of NumPy and PyTorch. */
const PEAKS = ['peak-numpy', 'peak-torch'];

/** This library among the peers. */
export const OWN = 'limaml';

export interface PeersOptions extends MeasureOptions {
  readonly workloads: readonly Workload[];
  readonly peers: readonly string[];
}

/** Times of one contender with a number of threads. */
export interface PeerTiming extends Timing, PeerId {}

/** One case, computed by all. */
export interface PeerComparison {
  readonly name: string;
  readonly timings: readonly PeerTiming[];
}

export interface PeersSuite {
  /** Why there are no peers, if there are none. */
  readonly absent?: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Operations per second of a large matrix product. */
  readonly peaks: readonly (PeerId & { readonly flopsPerSecond: number })[];
  readonly comparisons: readonly PeerComparison[];
  /** What peers could not compute, and why. */
  readonly failures: readonly string[];
}

/** Peers by one thread and by two, in turns with this library by one thread and by two workers. */
export async function peersSuite(options: PeersOptions): Promise<PeersSuite> {
  const absent = await whyNoPeers();
  const nothing = { versions: {}, peaks: [], comparisons: [], failures: [] };
  if (absent !== undefined) return { absent, ...nothing };
  const crew = await startCrew(options.peers);
  const folder = await mkdtemp(join(tmpdir(), 'limaml-peers-'));
  try {
    return await compareAll(crew, folder, options);
  } finally {
    await rm(folder, { recursive: true });
    await Promise.all(crew.members.map(({ process }) => process.close()));
    for (const executor of [crew.single, crew.pool, crew.tfjs]) await executor?.dispose();
  }
}

interface Member extends PeerId {
  readonly process: PeerProcess;
}

interface Crew {
  readonly members: readonly Member[];
  /** This library by one thread, and by as many workers as the peers have threads. */
  readonly single: OrtExecutor;
  readonly pool: OrtExecutor;
  readonly tfjs: TfjsExecutor | undefined;
  readonly failures: string[];
}

async function startCrew(peers: readonly string[]): Promise<Crew> {
  const processes = [...PEAKS, ...peers].filter((peer) => peer !== TFJS);
  const ids = processes.flatMap((peer) => threadCounts().map((threads) => ({ peer, threads })));
  const members = ids.map((id) => ({ ...id, process: new PeerProcess(id) }));
  const workers = threadCounts().at(-1)!;
  const [single, pool] = [await createOrtExecutor(), await createOrtExecutor({ workers })];
  const tfjs = peers.includes(TFJS) ? await createTfjsExecutor() : undefined;
  return { members, single, pool, tfjs, failures: [] };
}

function threadCounts(): readonly number[] {
  return availableParallelism() > 1 ? [1, 2] : [1];
}

async function compareAll(
  crew: Crew,
  folder: string,
  { workloads, ...options }: PeersOptions,
): Promise<PeersSuite> {
  const versions = await versionsOf(crew);
  const peaks = await measurePeaks(crew, options);
  // Peers have no tables of embeddings.
  const dense = workloads.filter(({ model }) => Object.keys(model.tables).length === 0);
  const comparisons: PeerComparison[] = [];
  for (const each of await peerCases(crew.single, dense, folder))
    comparisons.push(await compare(crew, each, options));
  return { versions, peaks, comparisons, failures: crew.failures };
}

async function versionsOf({ members, tfjs }: Crew): Promise<Record<string, string>> {
  const all = await Promise.all(members.map(({ process }) => process.versions()));
  const own = tfjs && { [tfjs.name]: versionOf('@tensorflow/tfjs-core/package.json') };
  return Object.assign({}, ...all, own) as Record<string, string>;
}

async function measurePeaks(
  { members }: Crew,
  options: MeasureOptions,
): Promise<PeersSuite['peaks']> {
  const peaks = members.filter(({ peer }) => PEAKS.includes(peer));
  for (const { process } of peaks) await process.load({ sgemm: SGEMM_SIZE });
  const contenders = peaks.map(({ peer, process }) => process.contender(peer));
  const timings = await measure(contenders, options);
  await Promise.all(peaks.map(({ process }) => process.close()));
  return peaks.map(({ peer, threads }, i) => {
    return { peer, threads, flopsPerSecond: SGEMM_FLOPS / timings[i]!.median / 1e-3 };
  });
}

async function compare(
  crew: Crew,
  each: PeerCase,
  options: MeasureOptions,
): Promise<PeerComparison> {
  process.stderr.write(`peers: ${each.name}\n`);
  const members = await loaded(crew, each);
  const runners = [
    ...(await ownRunners(crew, each)),
    ...members.map((m) => ({ ...idOf(m), contender: m.process.contender(m.peer) })),
  ];
  const contenders = runners.map(({ contender }) => contender);
  const timings = await measure(contenders, options);
  for (const member of members) await member.process.unload();
  return {
    name: each.name,
    timings: timings.map((timing, i) => ({ ...timing, ...idOf(runners[i]!) })),
  };
}

interface Runner extends PeerId {
  readonly contender: Contender;
}

/** What computes a case in this process. */
async function ownRunners({ single, pool, tfjs }: Crew, each: PeerCase): Promise<Runner[]> {
  const runners: Runner[] = [{ peer: OWN, threads: 1, contender: await each.by(single) }];
  const workers = pool.workers!;
  if (workers > 1)
    runners.push({ peer: OWN, threads: workers, contender: await each.divided(pool) });
  if (tfjs) runners.push({ peer: tfjs.name, threads: 1, contender: await tfjsPeer(tfjs, each) });
  return runners;
}

function idOf({ peer, threads }: PeerId): PeerId {
  return { peer, threads };
}

/** The members that can compute a case. @throws PeerMismatch when one computes something else */
async function loaded({ members, failures }: Crew, { name, file }: PeerCase): Promise<Member[]> {
  const able: Member[] = [];
  for (const member of members.filter(({ peer }) => !PEAKS.includes(peer))) {
    try {
      await member.process.load({ file });
      able.push(member);
    } catch (error) {
      const message = `${name}: ${(error as Error).message}`;
      if (error instanceof PeerMismatch) throw new Error(message, { cause: error });
      failures.push(message);
    }
  }
  return able;
}

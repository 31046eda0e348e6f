import { countFlops, optimize } from '@limaml/graph';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionOf } from './machine.ts';
import { measure, type MeasureOptions, type Timing } from './measure.ts';
import { type PeerCase, peerCases } from './peer-cases.ts';
import { type Crew, dismissCrew, loaded, ownRunners, PEAKS, startCrew } from './peer-crew.ts';
import { type PeerId, whyNoPeers } from './peer-process.ts';
import { SGEMM_FLOPS, SGEMM_SIZE } from './sgemm.ts';
import type { Workload } from './workloads.ts';

export interface PeersOptions extends MeasureOptions {
  readonly workloads: readonly Workload[];
  readonly peers: readonly string[];
}

/** Times of one contender with a number of threads. */
export interface PeerTiming extends Timing, PeerId {}

/** One case, computed by all. */
export interface PeerComparison {
  readonly name: string;
  /** Floating-point operations of the products that this library runs, and of a meta-step as written down. */
  readonly flops: number;
  readonly plainFlops?: number;
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
    await dismissCrew(crew);
  }
}

async function compareAll(
  crew: Crew,
  folder: string,
  { workloads, ...options }: PeersOptions,
): Promise<PeersSuite> {
  const versions = await versionsOf(crew);
  const peaks = await measurePeaks(crew, options);
  const comparisons: PeerComparison[] = [];
  for (const each of await peerCases(crew.single, workloads, folder))
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
    flops: countFlops(optimize(each.program)).matMul,
    ...(each.plain && { plainFlops: countFlops(each.plain).matMul }),
    timings: timings.map((timing, i) => ({ ...timing, ...idOf(runners[i]!) })),
  };
}

function idOf({ peer, threads }: PeerId): PeerId {
  return { peer, threads };
}

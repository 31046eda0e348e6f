import { createOrtExecutor, type OrtExecutor } from '@limaml/backend-ort';
import { createTfjsExecutor, type TfjsExecutor } from '@limaml/backend-tfjs';
import { availableParallelism } from 'node:os';
import type { Contender } from './measure.ts';
import type { PeerCase } from './peer-cases.ts';
import { type PeerId, PeerMismatch, PeerProcess } from './peer-process.ts';
import { tfjsPeer } from './tfjs-peer.ts';

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

/** A large matrix product by NumPy, whose BLAS is OpenBLAS. */
export const OPENBLAS = 'peak-numpy';

/** What multiplies large matrices with the BLAS of NumPy and PyTorch. */
export const PEAKS = [OPENBLAS, 'peak-torch'];

/** This library among the peers. */
export const OWN = 'limaml';

/** A peer in its process. */
export interface Member extends PeerId {
  readonly process: PeerProcess;
}

/** All that take turns. */
export interface Crew {
  readonly members: readonly Member[];
  /** This library by one thread, and by as many workers as the peers have threads. */
  readonly single: OrtExecutor;
  readonly pool: OrtExecutor;
  readonly tfjs: TfjsExecutor | undefined;
  /** What peers could not compute, and why. */
  readonly failures: string[];
}

/** Starts the processes and executors of peers, by one thread and by two. */
export async function startCrew(peers: readonly string[]): Promise<Crew> {
  const processes = [...PEAKS, ...peers].filter((peer) => peer !== TFJS);
  const ids = processes.flatMap((peer) => threadCounts().map((threads) => ({ peer, threads })));
  const members = ids.map((id) => ({ ...id, process: new PeerProcess(id) }));
  const workers = threadCounts().at(-1)!;
  const [single, pool] = [await createOrtExecutor(), await createOrtExecutor({ workers })];
  const tfjs = peers.includes(TFJS) ? await createTfjsExecutor() : undefined;
  return { members, single, pool, tfjs, failures: [] };
}

/** Ends the processes and executors. */
export async function dismissCrew({ members, single, pool, tfjs }: Crew): Promise<void> {
  await Promise.all(members.map(({ process }) => process.close()));
  for (const executor of [single, pool, tfjs]) await executor?.dispose();
}

function threadCounts(): readonly number[] {
  return availableParallelism() > 1 ? [1, 2] : [1];
}

/** What computes a case. */
interface Runner extends PeerId {
  readonly contender: Contender;
}

/** What computes a case in this process. */
export async function ownRunners(crew: Crew, each: PeerCase): Promise<Runner[]> {
  const { single, pool, tfjs, failures } = crew;
  const runners: Runner[] = [{ peer: OWN, threads: 1, contender: await each.by(single) }];
  const workers = pool.workers!;
  if (workers > 1)
    runners.push({ peer: OWN, threads: workers, contender: await each.divided(pool) });
  if (tfjs) {
    const contender = await attempt(failures, each, () => tfjsPeer(tfjs, each));
    if (contender) runners.push({ peer: tfjs.name, threads: 1, contender });
  }
  return runners;
}

/** The members that can compute a case. */
export async function loaded({ members, failures }: Crew, each: PeerCase): Promise<Member[]> {
  const able: Member[] = [];
  for (const member of members.filter(({ peer }) => !PEAKS.includes(peer))) {
    const load = async (): Promise<Member> => {
      await member.process.load({ file: each.file });
      return member;
    };
    const ready = await attempt(failures, each, load);
    if (ready) able.push(ready);
  }
  return able;
}

/** What a peer prepares; or nothing, and why it cannot. @throws PeerMismatch when it computes something else */
async function attempt<Ready>(
  failures: string[],
  { name }: PeerCase,
  prepare: () => Promise<Ready>,
): Promise<Ready | undefined> {
  try {
    return await prepare();
  } catch (error) {
    const message = `${name}: ${(error as Error).message}`;
    if (error instanceof PeerMismatch) throw new Error(message, { cause: error });
    failures.push(message);
    return undefined;
  }
}

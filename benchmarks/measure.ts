import { performance } from 'node:perf_hooks';

/** Something to time: one call is one unit of work. */
export interface Contender {
  readonly name: string;
  run(): Promise<unknown>;
  /** Has its turn somewhere else, and reports its times; `run` is not called then. */
  turn?(length: number): Promise<Turn>;
}

/** What a turn took, in milliseconds per call. */
export interface Turn {
  readonly wall: number;
  readonly processor: number;
}

/** Times of one contender, in milliseconds per call. */
export interface Timing {
  readonly name: string;
  /** Wall-clock time: median over rounds, and the quarter of rounds that was fastest and slowest. */
  readonly median: number;
  readonly lowQuartile: number;
  readonly highQuartile: number;
  /** Time that the processors spent on it, all threads together: the median over rounds. */
  readonly processor: number;
  readonly rounds: number;
}

export interface MeasureOptions {
  /** Rounds; in each of them every contender has its turn, so that a disturbance meets all of them. */
  readonly rounds: number;
  /** Length of a turn in milliseconds: a contender is called until it is over, once at least. */
  readonly turn: number;
}

/** Times contenders in turns. The first round is for warming up and does not count. */
export async function measure(
  contenders: readonly Contender[],
  { rounds, turn }: MeasureOptions,
): Promise<readonly Timing[]> {
  const turns: Turn[][] = contenders.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const taken = await (contender.turn?.(turn) ?? takeTurn(contender, turn));
      if (round > 0) turns[i]!.push(taken);
    }
  }
  return contenders.map(({ name }, i) => summary(name, turns[i]!));
}

async function takeTurn(contender: Contender, length: number): Promise<Turn> {
  const [started, usage] = [performance.now(), process.cpuUsage()];
  let calls = 0;
  do {
    await contender.run();
    calls++;
  } while (performance.now() - started < length);
  const used = process.cpuUsage(usage);
  const wall = (performance.now() - started) / calls;
  return { wall, processor: (used.user + used.system) / 1000 / calls };
}

function summary(name: string, turns: readonly Turn[]): Timing {
  const wall = turns.map((turn) => turn.wall);
  return {
    name,
    median: quantile(wall, 0.5),
    lowQuartile: quantile(wall, 0.25),
    highQuartile: quantile(wall, 0.75),
    processor: quantile(
      turns.map((turn) => turn.processor),
      0.5,
    ),
    rounds: turns.length,
  };
}

/** The value below which this share of the values lies, interpolated. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(position)]!, sorted[Math.ceil(position)]!];
  return low + (high - low) * (position - Math.floor(position));
}

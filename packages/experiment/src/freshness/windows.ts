import type { TaskIndex } from '@limaml/data';
import type { FreshnessSpec, SplitSpec } from '../spec/schema.js';
import type { TestSet } from '../split/seed-data.js';

/** The rows of one task that are replayed. All numbers but times are positions of the task index. */
export interface Window {
  readonly task: number;
  /** First row of the task. */
  readonly start: number;
  /** First row that is scored. */
  readonly cut: number;
  /** Behind the last row that is scored. */
  readonly end: number;
  /** Behind the last row that the embedding of policy `'never'` knows of. */
  readonly generatedFrom: number;
  /** When that embedding is made, in milliseconds since 1970. */
  readonly generatedAt: number;
}

/** The rows that are replayed, window by window; lists by row are in this order, for every policy. */
export interface ReplayedRows {
  readonly index: TaskIndex;
  readonly windows: readonly Window[];
  /** Window w owns rows offsets[w] … offsets[w + 1]. */
  readonly offsets: Int32Array;
  /** Position of each row. */
  readonly position: Int32Array;
  /** Position of the first row of its slate: of those that were shown together. */
  readonly slate: Int32Array;
  /** Distance of each row from the cut, in the unit of the spec. */
  readonly distance: Float64Array;
  /** Whole days of each row from the cut. */
  readonly day: Int32Array;
}

const DAY = 86_400_000;

/** Finds the rows to replay behind the cuts of a test set. */
export function replayedRows(
  { index, episodes }: TestSet,
  split: Pick<SplitSpec, 'by' | 'cut'>,
  { maxQuery, together, unit }: FreshnessSpec,
): ReplayedRows {
  const slateOf = slateStarts(index, together * 1000);
  const moment = commonMoment({ index, episodes }, split);
  const windows = episodes.map(({ task, queryStart: cut }): Window => {
    const [start, end] = [index.offsets[task]!, index.offsets[task + 1]!];
    const generatedFrom = slateOf[cut]!;
    const generatedAt = moment ?? timeAt(index, generatedFrom);
    return { task, start, cut, end: Math.min(end, cut + maxQuery), generatedFrom, generatedAt };
  });
  const offsets = new Int32Array(windows.length + 1);
  windows.forEach(({ cut, end }, w) => (offsets[w + 1] = offsets[w]! + end - cut));
  const position = Int32Array.from(windows.flatMap(({ cut, end }) => range(cut, end)));
  const days = Float64Array.from(
    windows.flatMap(({ cut, end, generatedAt }) =>
      range(cut, end).map((at) => (timeAt(index, at) - generatedAt) / DAY),
    ),
  );
  const events = (): Float64Array =>
    Float64Array.from(windows.flatMap(({ cut, end }) => range(0, end - cut)));
  return {
    ...{ index, windows, offsets, position, slate: position.map((at) => slateOf[at]!) },
    distance: unit === 'days' ? days : events(),
    day: Int32Array.from(days, Math.floor),
  };
}

/** The moment at which all tasks are cut, where there is one. */
function commonMoment(
  { index, episodes }: Pick<TestSet, 'index' | 'episodes'>,
  { by, cut }: Pick<SplitSpec, 'by' | 'cut'>,
): number | undefined {
  if (typeof cut === 'string' && cut !== 'half') return Date.parse(cut);
  if (by !== 'global-time') return undefined;
  return episodes.reduce(
    (oldest, { queryStart }) => Math.min(oldest, timeAt(index, queryStart)),
    Infinity,
  );
}

/** For each position the first one of those of its task that follow each other within `gap` milliseconds. */
function slateStarts(index: TaskIndex, gap: number): Int32Array {
  const starts = new Int32Array(index.rows.length);
  for (let task = 0; task + 1 < index.offsets.length; task++) {
    const first = index.offsets[task]!;
    for (let at = first; at < index.offsets[task + 1]!; at++) {
      const follows = at > first && timeAt(index, at) - timeAt(index, at - 1) <= gap;
      starts[at] = follows ? starts[at - 1]! : at;
    }
  }
  return starts;
}

function timeAt({ rows, timestamp }: TaskIndex, position: number): number {
  return timestamp[rows[position]!]!;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

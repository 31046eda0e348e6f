import type { TaskIndex } from '@limaml/data';
import type { FreshnessSpec, SplitSpec } from '../spec/schema.js';
import type { TestSet } from '../split/seed-data.js';

/** The rows of one task that are replayed. All numbers but times are positions of the task index. */
export interface Span {
  readonly task: number;
  /** First row of the task. */
  readonly start: number;
  /** First row that is scored. */
  readonly cut: number;
  /** Behind the last row that is scored. */
  readonly end: number;
  /** Behind the last row that the embedding made at the cut knows of. */
  readonly generatedFrom: number;
  /** When that embedding is made, in milliseconds since 1970. */
  readonly generatedAt: number;
}

/** The rows that are replayed, task by task; lists by row are in this order, for every policy. */
export interface ReplayedRows {
  readonly index: TaskIndex;
  readonly spans: readonly Span[];
  /** Span s owns rows offsets[s] … offsets[s + 1]. */
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
  set: Pick<TestSet, 'index' | 'episodes'>,
  split: Pick<SplitSpec, 'by' | 'cut'>,
  { maxQuery, together, unit }: FreshnessSpec,
): ReplayedRows {
  const { index } = set;
  const slateOf = slateStarts(index, together * 1000);
  const spans = createSpans(set, slateOf, commonMoment(set, split), maxQuery);
  const position = Int32Array.from(spans.flatMap(({ cut, end }) => range(cut, end)));
  const slate = position.map((at) => slateOf[at]!);
  const [days, events] = [daysFromCut(index, spans), eventsFromCut(spans)];
  return {
    ...{ index, spans, offsets: offsetsOf(spans), position, slate },
    distance: unit === 'days' ? days : events,
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

/** @param moment when all tasks are cut. Default: each at its first row */
function createSpans(
  { index, episodes }: Pick<TestSet, 'index' | 'episodes'>,
  slateOf: Int32Array,
  moment: number | undefined,
  maxQuery: number,
): Span[] {
  return episodes.map(({ task, queryStart: cut }) => {
    const [start, end] = [index.offsets[task]!, index.offsets[task + 1]!];
    const generatedFrom = slateOf[cut]!;
    const generatedAt = moment ?? timeAt(index, generatedFrom);
    return { task, start, cut, end: Math.min(end, cut + maxQuery), generatedFrom, generatedAt };
  });
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

function offsetsOf(spans: readonly Span[]): Int32Array {
  const offsets = new Int32Array(spans.length + 1);
  spans.forEach(({ cut, end }, s) => (offsets[s + 1] = offsets[s]! + end - cut));
  return offsets;
}

function daysFromCut(index: TaskIndex, spans: readonly Span[]): Float64Array {
  const days = spans.flatMap(({ cut, end, generatedAt }) =>
    range(cut, end).map((at) => (timeAt(index, at) - generatedAt) / DAY),
  );
  return Float64Array.from(days);
}

function eventsFromCut(spans: readonly Span[]): Float64Array {
  return Float64Array.from(spans.flatMap(({ cut, end }) => range(0, end - cut)));
}

function timeAt({ rows, timestamp }: TaskIndex, position: number): number {
  return timestamp[rows[position]!]!;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

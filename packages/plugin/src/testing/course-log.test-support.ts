import { defineDataset } from '../index.js';
import type { DatasetContext, DatasetPlugin, InteractionLog, LogParts } from '../index.js';

/** Who took part in each interaction, and when; c2 has two at the same time. */
const COURSE = [0, 1, 0, 1, 2];
const TIME = [3, 1, 2, 1, 5];
const IDS = ['c1', 'c2', 'c3'];

/** A log of three courses and one member. */
export function courseLog(courses: readonly number[] = [0, 1, 2]): InteractionLog {
  const rows = [...COURSE.keys()].filter((row) => courses.includes(COURSE[row]!));
  const none = { rows: rows.length, columns: {} };
  const ids = courses.map((course) => IDS[course]!);
  return {
    name: 'courses',
    rows: rows.length,
    timestamp: Float64Array.from(rows, (row) => TIME[row]!),
    label: Float32Array.from(rows, (row) => row % 2),
    refs: {
      course: Int32Array.from(rows, (row) => courses.indexOf(COURSE[row]!)),
      member: new Int32Array(rows.length),
    },
    entities: {
      course: { ids, table: { rows: ids.length, columns: {} }, features: [] },
      member: { ids: ['m1'], table: { rows: 1, columns: {} }, features: [] },
    },
    candidate: 'member',
    ...{ context: none, contextFeatures: [], outcomes: none, outcomeFeatures: [] },
    report: { rowsRead: rows.length, rowsKept: rows.length, malformed: [] },
  };
}

/** The log in parts with these courses. */
export async function openCourseParts(
  { signal }: DatasetContext,
  parts: readonly (readonly number[])[],
): Promise<LogParts> {
  signal?.throwIfAborted();
  async function* read(): AsyncGenerator<InteractionLog> {
    for (const courses of parts) yield await Promise.resolve(courseLog(courses));
  }
  const { report } = courseLog();
  return Promise.resolve({ entities: 3, report, parts: read(), close: () => Promise.resolve() });
}

/** A dataset that does everything right. */
export function courseDataset(): DatasetPlugin {
  return defineDataset({
    name: 'courses',
    load({ signal }) {
      signal?.throwIfAborted();
      return Promise.resolve(courseLog());
    },
    openParts(context, { entitiesPerPart = 2 }) {
      const numbers = [0, 1, 2];
      const starts = numbers.filter((course) => course % entitiesPerPart === 0);
      return openCourseParts(
        context,
        starts.map((start) => numbers.slice(start, start + entitiesPerPart)),
      );
    },
  });
}

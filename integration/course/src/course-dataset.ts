import { LimamlError } from '@limaml/errors';
import { defineDataset } from '@limaml/plugin';
import type { Column, DatasetPlugin, EntityTable, InteractionLog } from '@limaml/plugin';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Course {
  readonly id: string;
  readonly topic: string;
  readonly hours: number;
}

interface Learner {
  readonly id: string;
  readonly interests: readonly string[];
}

interface Enrolment {
  readonly course: string;
  readonly learner: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly enrolled: number;
}

/** Who was shown which course, and enrolled: JSON lines in a folder. */
export function courseDataset(): DatasetPlugin {
  return defineDataset({
    name: 'courses',
    load: async ({ path, signal }) => {
      if (path === undefined) throw pathMissing();
      const read = <Row>(file: string): Promise<Row[]> => readRows(join(path, file), signal);
      const courses = await read<Course>('courses.jsonl');
      const learners = await read<Learner>('learners.jsonl');
      return toLog(courses, learners, await read<Enrolment>('enrolments.jsonl'));
    },
  });
}

function pathMissing(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_COURSE_PATH_MISSING',
    what: 'Nobody said where the courses are',
    fix: 'Pass --data courses=FOLDER',
  });
}

async function readRows<Row>(file: string, signal: AbortSignal | undefined): Promise<Row[]> {
  signal?.throwIfAborted();
  const text = await readFile(file, { encoding: 'utf8', ...(signal && { signal }) });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

function toLog(
  courses: readonly Course[],
  learners: readonly Learner[],
  rows: readonly Enrolment[],
): InteractionLog {
  const none = { rows: rows.length, columns: {} };
  return {
    name: 'courses',
    rows: rows.length,
    timestamp: Float64Array.from(rows, ({ at }) => at),
    label: Float32Array.from(rows, ({ enrolled }) => enrolled),
    refs: {
      course: references(
        courses,
        rows.map(({ course }) => course),
      ),
      learner: references(
        learners,
        rows.map(({ learner }) => learner),
      ),
    },
    entities: { course: courseTable(courses), learner: learnerTable(learners) },
    candidate: 'learner',
    context: none,
    contextFeatures: [],
    outcomes: none,
    outcomeFeatures: [],
    report: { rowsRead: rows.length, rowsKept: rows.length, malformed: [] },
  };
}

function courseTable(courses: readonly Course[]): EntityTable {
  const columns: Record<string, Column> = {
    topic: category(courses.map(({ topic }) => topic)),
    hours: { kind: 'number', values: Float64Array.from(courses, ({ hours }) => hours) },
  };
  return {
    ids: courses.map(({ id }) => id),
    table: { rows: courses.length, columns },
    features: [
      { name: 'topic', kind: 'categorical' },
      { name: 'hours', kind: 'dense' },
    ],
  };
}

function learnerTable(learners: readonly Learner[]): EntityTable {
  return {
    ids: learners.map(({ id }) => id),
    table: {
      rows: learners.length,
      columns: { interests: list(learners.map(({ interests }) => interests)) },
    },
    features: [{ name: 'interests', kind: 'multi', maxLength: 3 }],
  };
}

function references(entities: readonly { readonly id: string }[], ids: readonly string[]) {
  const rows = new Map(entities.map(({ id }, row) => [id, row]));
  return Int32Array.from(ids, (id) => rows.get(id) ?? -1);
}

function category(values: readonly string[]): Column {
  const categories = [...new Set(values)];
  const codes = Int32Array.from(values, (value) => categories.indexOf(value));
  return { kind: 'category', codes, categories };
}

function list(values: readonly (readonly string[])[]): Column {
  const categories = [...new Set(values.flat())];
  const offsets = Int32Array.from({ length: values.length + 1 }, (_, row) =>
    values.slice(0, row).reduce((sum, items) => sum + items.length, 0),
  );
  const codes = Int32Array.from(values.flat(), (value) => categories.indexOf(value));
  return { kind: 'list', offsets, codes, categories };
}

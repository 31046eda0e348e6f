import { stat } from 'node:fs/promises';
import path from 'node:path';
import { defineDataset } from '@limaml/plugin';
import type {
  DatasetContext,
  DatasetPlugin,
  EntityTable,
  InteractionLog,
  ReadReport,
} from '@limaml/plugin';
import { emptyTable } from '../columns.js';
import { emptyLog, movieLensNotFound, optionInvalid, pathMissing } from '../errors.js';
import { createGrowable } from '../growable.js';
import type { Growable } from '../growable.js';
import { applyLabelRule, parseLabelRule } from '../label-rule.js';
import type { LabelRule } from '../label-rule.js';
import { createMalformedCounter } from '../malformed.js';
import type { MalformedCounter, MalformedLimits } from '../malformed.js';
import { ML_100K, ML_1M } from './formats.js';
import type { MovieLensFormat } from './formats.js';
import { parseRatings } from './parse-ratings.js';
import { readSideFiles, readWhole } from './side-files.js';
import type { SideFiles } from './side-files.js';

/** Options of {@link movieLensDataset}. */
export interface MovieLensOptions extends MalformedLimits {
  /** Name under which the dataset is registered. Default `'movielens'`. */
  readonly name?: string;
  /** Folder of the files, if the caller names none. */
  readonly path?: string;
  /** Label of a rating: `'rating >= 4'` by default, `'rating - 3.5'` for regression. */
  readonly labelRule?: string;
  /**
   * What is scored. With `'member'`, movies are the tasks (a `movie` entity plugin) and members their
   * candidates: item cold start. Default `'movie'`.
   */
  readonly candidate?: MovieLensEntity;
}

/** Entity types of a MovieLens log. */
export type MovieLensEntity = (typeof ENTITIES)[number];

const ENTITIES = ['movie', 'member'] as const;

/**
 * MovieLens-1M or MovieLens-100K in their original files (Harper & Konstan 2015), told apart by file
 * names. The folder may also be one that holds `ml-1m/` or `ml-100k/`.
 *
 * Entities: `member` (gender, age group, occupation, postal region) and `movie` (genres, year,
 * period; director where `movies_extrainfos.dat` lies beside the files); `movie` is the candidate unless
 * options say `member`. Outcomes: `rating` as a number and `rating_value` as a category. Ratings keep the
 * order of the file, which breaks ties in time.
 *
 * @throws LIMAML_ERR_DATA_PATH_MISSING, LIMAML_ERR_DATA_MOVIELENS_NOT_FOUND,
 *   LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_UNREADABLE, LIMAML_ERR_DATA_MALFORMED,
 *   LIMAML_ERR_DATA_EMPTY when loaded; LIMAML_ERR_DATA_LABEL_RULE,
 *   LIMAML_ERR_DATA_OPTION at once
 * @example
 * ```ts
 * const log = await movieLensDataset().load({ path: 'data/ml-1m' });
 * ```
 */
export function movieLensDataset(options: MovieLensOptions = {}): DatasetPlugin {
  const { name = 'movielens', labelRule = 'rating >= 4', candidate = 'movie' } = options;
  const rule = parseLabelRule(labelRule);
  if (rule.column !== 'rating') throw optionInvalid('labelRule', labelRule, 'a rule on "rating"');
  if (!ENTITIES.includes(candidate)) throw optionInvalid('candidate', candidate, spellEntities());
  return defineDataset({
    name,
    async load(context) {
      const named = context.path ?? options.path;
      if (named === undefined) throw pathMissing(name);
      const { folder, format } = await findFiles(named);
      const side = await readSideFiles(folder, format, options);
      const file = path.join(folder, format.files.ratings);
      const counter = createMalformedCounter(file, options);
      const ratings = await readRatings(file, format, { ...side, counter }, context);
      const report = counter.report(ratings.read);
      if (report.rowsKept === 0) throw emptyLog(file);
      const malformed = [...report.malformed, ...side.malformed];
      return buildLog({ name, rule, candidate }, side, ratings, { ...report, malformed });
    },
  });
}

function spellEntities(): string {
  return ENTITIES.map((entity) => `"${entity}"`).join(' or ');
}

async function findFiles(named: string): Promise<{ folder: string; format: MovieLensFormat }> {
  for (const folder of [named, path.join(named, 'ml-1m'), path.join(named, 'ml-100k')]) {
    for (const format of [ML_1M, ML_100K]) {
      const found = await stat(path.join(folder, format.files.ratings)).catch(() => undefined);
      if (found) return { folder, format };
    }
  }
  throw movieLensNotFound(named);
}

/** Ratings in file order; refs are rows of the side tables. */
interface Ratings {
  readonly read: number;
  readonly member: Int32Array;
  readonly movie: Int32Array;
  readonly rating: Float64Array;
  /** Milliseconds since 1970. */
  readonly timestamp: Float64Array;
}

async function readRatings(
  file: string,
  format: MovieLensFormat,
  into: { members: EntityTable; movies: EntityTable; counter: MalformedCounter },
  context: DatasetContext,
): Promise<Ratings> {
  const bytes = await readWhole(file);
  context.signal?.throwIfAborted();
  const ratings = collectRatings(bytes, format.separator, into, path.basename(file));
  context.onProgress?.(1);
  return ratings;
}

function collectRatings(
  bytes: Uint8Array,
  separator: string,
  into: { members: EntityTable; movies: EntityTable; counter: MalformedCounter },
  file: string,
): Ratings {
  const note = (reason: string, line: number): void => {
    into.counter.add(reason, [`${file}:${line}`]);
  };
  const [memberOf, movieOf] = [numericLookup(into.members), numericLookup(into.movies)];
  const [members, movies] = [growableInts(), growableInts()];
  const [ratings, timestamps] = [growableFloats(), growableFloats()];
  const read = parseRatings(
    bytes,
    separator,
    (user, item, rating, seconds, line) => {
      const [member, movie] = [memberOf.get(user), movieOf.get(item)];
      if (member === undefined || movie === undefined) note('unknown member or movie', line);
      else if (rating < 1 || rating > 5) note('rating outside 1 to 5', line);
      else {
        members.push(member);
        movies.push(movie);
        ratings.push(rating);
        timestamps.push(seconds * 1000);
      }
    },
    (line) => {
      note('malformed rating', line);
    },
  );
  return {
    read,
    member: members.take(),
    movie: movies.take(),
    rating: ratings.take(),
    timestamp: timestamps.take(),
  };
}

function growableInts(): Growable<Int32Array> {
  return createGrowable((length) => new Int32Array(length));
}

function growableFloats(): Growable<Float64Array> {
  return createGrowable((length) => new Float64Array(length));
}

function numericLookup({ ids }: EntityTable): Map<number, number> {
  return new Map(ids.map((id, row) => [Number(id), row]));
}

function buildLog(
  {
    name,
    rule,
    candidate,
  }: { readonly name: string; readonly rule: LabelRule; readonly candidate: MovieLensEntity },
  { members, movies }: SideFiles,
  ratings: Ratings,
  report: ReadReport,
): InteractionLog {
  const rows = ratings.rating.length;
  const rating = { kind: 'number', values: ratings.rating } as const;
  return {
    name,
    rows,
    timestamp: ratings.timestamp,
    label: Float32Array.from(ratings.rating, (value) => applyLabelRule(rule, value)),
    refs: { member: ratings.member, movie: ratings.movie },
    entities: { member: members, movie: movies },
    candidate,
    context: emptyTable(rows),
    contextFeatures: [],
    outcomes: { rows, columns: { rating } },
    outcomeFeatures: [
      { name: 'rating', kind: 'dense' },
      { name: 'rating_value', kind: 'categorical', column: 'rating' },
    ],
    report,
  };
}

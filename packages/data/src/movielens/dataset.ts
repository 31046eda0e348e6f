import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { defineDataset } from '@limaml/plugin';
import type { DatasetContext, DatasetPlugin, EntityTable, InteractionLog } from '@limaml/plugin';
import { categoryColumn, emptyTable, listColumn, numberColumn } from '../columns.js';
import { emptyLog, fileMissing, movieLensNotFound, optionInvalid, pathMissing } from '../errors.js';
import { applyLabelRule, parseLabelRule } from '../label-rule.js';
import type { LabelRule } from '../label-rule.js';
import { createMalformedCounter } from '../malformed.js';
import type { MalformedCounter, MalformedLimits } from '../malformed.js';
import { ML_100K, ML_1M, parseDirectors, periodOf } from './formats.js';
import type { MemberRecord, MovieLensFormat, MovieRecord } from './formats.js';
import { parseRatings } from './parse-ratings.js';

/** Options of {@link movieLensDataset}. */
export interface MovieLensOptions extends MalformedLimits {
  /** Name under which the dataset is registered. Default `'movielens'`. */
  readonly name?: string;
  /** Folder of the files, if the caller names none. */
  readonly path?: string;
  /** Label of a rating: `'rating >= 4'` by default, `'rating'` for the rating itself. */
  readonly labelRule?: string;
}

/**
 * MovieLens-1M or MovieLens-100K in their original files (Harper & Konstan 2015), told apart by file
 * names. The folder may also be one that holds `ml-1m/` or `ml-100k/`.
 *
 * Entities: `member` (gender, age group, occupation, postal region) and `movie`, the candidate (genres,
 * year, period; director where `movies_extrainfos.dat` lies beside the files). Outcomes: `rating` as a
 * number and `rating_value` as a category. Ratings keep the order of the file, which breaks ties in
 * time.
 *
 * @throws LIMAML_ERR_DATA_PATH_MISSING, LIMAML_ERR_DATA_MOVIELENS_NOT_FOUND, LIMAML_ERR_DATA_MALFORMED,
 *   LIMAML_ERR_DATA_EMPTY when loaded; LIMAML_ERR_DATA_LABEL_RULE at once
 * @example
 * ```ts
 * const log = await movieLensDataset().load({ path: 'data/ml-1m' });
 * ```
 */
export function movieLensDataset(options: MovieLensOptions = {}): DatasetPlugin {
  const { name = 'movielens', labelRule = 'rating >= 4' } = options;
  const rule = parseLabelRule(labelRule);
  if (rule.column !== 'rating') throw optionInvalid('labelRule', labelRule, 'a rule on "rating"');
  const dataset = defineDataset({
    name,
    async load(context: DatasetContext) {
      const named = context.path ?? options.path;
      if (named === undefined) throw pathMissing(name);
      const { folder, format } = await findFiles(named);
      const counter = createMalformedCounter(folder, options);
      const { movies, members } = await readSideFiles(folder, format, counter);
      const ratings = await readRatings(folder, format, { members, movies, counter }, context);
      return buildLog(name, rule, members, movies, ratings, counter);
    },
  });
  return dataset;
}

interface SideTable extends EntityTable {
  readonly rowOf: ReadonlyMap<string, number>;
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

async function readSideFiles(
  folder: string,
  format: MovieLensFormat,
  counter: MalformedCounter,
): Promise<{ members: SideTable; movies: SideTable }> {
  const users = await readLatin1(path.join(folder, format.files.users));
  const items = await readLatin1(path.join(folder, format.files.items));
  const extra = await readLatin1(path.join(folder, 'movies_extrainfos.dat')).catch(() => '');
  const parse = <Item>(text: string, file: string, parseLine: (line: string) => Item | undefined) =>
    parseLines(text, parseLine, (line) => {
      counter.add('malformed side record', [`${file}:${line}`]);
    });
  return {
    members: memberTable(parse(users, format.files.users, (line) => format.parseUser(line))),
    movies: movieTable(
      parse(items, format.files.items, (line) => format.parseItem(line)),
      parseDirectors(extra),
    ),
  };
}

/** The side files hold names with accents in Latin-1. */
async function readLatin1(file: string): Promise<string> {
  return readBytes(file).then((bytes) => bytes.toString('latin1'));
}

async function readBytes(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw fileMissing(file, cause);
  });
}

function parseLines<Item>(
  text: string,
  parse: (line: string) => Item | undefined,
  onMalformed: (line: number) => void,
): Item[] {
  const items: Item[] = [];
  text.split(/\r?\n/).forEach((line, at) => {
    if (line === '') return;
    const item = parse(line);
    if (item === undefined) onMalformed(at + 1);
    else items.push(item);
  });
  return items;
}

function memberTable(members: readonly MemberRecord[]): SideTable {
  const columns = {
    gender: categoryColumn(members.map(({ gender }) => gender)),
    age: categoryColumn(members.map(({ age }) => age)),
    occupation: categoryColumn(members.map(({ occupation }) => occupation)),
    region: categoryColumn(members.map(({ region }) => region)),
  };
  const features = Object.keys(columns).map((name) => ({ name, kind: 'categorical' }) as const);
  return sideTable(members, columns, features);
}

function movieTable(movies: readonly MovieRecord[], directors: Map<string, string>): SideTable {
  const columns = {
    genres: listColumn(movies.map(({ genres }) => genres)),
    year: numberColumn(movies.map(({ year }) => year)),
    period: categoryColumn(movies.map(({ year }) => periodOf(year))),
    director: categoryColumn(movies.map(({ id }) => directors.get(id))),
  };
  const features: EntityTable['features'] = [
    { name: 'genres', kind: 'multi', maxLength: 6 },
    { name: 'year', kind: 'dense' },
    { name: 'period', kind: 'categorical' },
    ...(directors.size > 0 ? [{ name: 'director', kind: 'categorical' } as const] : []),
  ];
  return sideTable(movies, columns, features);
}

function sideTable(
  records: readonly { readonly id: string }[],
  columns: EntityTable['table']['columns'],
  features: EntityTable['features'],
): SideTable {
  const ids = records.map(({ id }) => id);
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  return { ids, table: { rows: ids.length, columns }, features, rowOf };
}

/** Ratings in file order; refs are rows of the side tables. */
interface Ratings {
  readonly read: number;
  readonly member: number[];
  readonly movie: number[];
  readonly rating: number[];
  readonly timestamp: number[];
}

async function readRatings(
  folder: string,
  format: MovieLensFormat,
  into: { members: SideTable; movies: SideTable; counter: MalformedCounter },
  context: DatasetContext,
): Promise<Ratings> {
  const file = format.files.ratings;
  const bytes = await readBytes(path.join(folder, file));
  context.signal?.throwIfAborted();
  const [memberOf, movieOf] = [numericLookup(into.members), numericLookup(into.movies)];
  const ratings = { member: [], movie: [], rating: [], timestamp: [] } as Omit<Ratings, 'read'>;
  const read = parseRatings(
    bytes,
    format.separator,
    (user, item, rating, seconds) => {
      const [member, movie] = [memberOf.get(user), movieOf.get(item)];
      if (member === undefined || movie === undefined) {
        into.counter.add('unknown member or movie', [`${file}, user ${user}, item ${item}`]);
        return;
      }
      ratings.member.push(member);
      ratings.movie.push(movie);
      ratings.rating.push(rating);
      ratings.timestamp.push(seconds * 1000);
    },
    (line) => {
      into.counter.add('malformed rating', [`${file}:${line}`]);
    },
  );
  context.onProgress?.(1);
  return { read, ...ratings };
}

function numericLookup(table: SideTable): Map<number, number> {
  return new Map(table.ids.map((id, row) => [Number(id), row]));
}

function buildLog(
  name: string,
  rule: LabelRule,
  members: SideTable,
  movies: SideTable,
  ratings: Ratings,
  counter: MalformedCounter,
): InteractionLog {
  const rows = ratings.rating.length;
  const report = counter.report(ratings.read);
  if (rows === 0) throw emptyLog(name);
  const rating = numberColumn(ratings.rating);
  return {
    name,
    rows,
    timestamp: Float64Array.from(ratings.timestamp),
    label: Float32Array.from(ratings.rating, (value) => applyLabelRule(rule, value)),
    refs: { member: Int32Array.from(ratings.member), movie: Int32Array.from(ratings.movie) },
    entities: { member: members, movie: movies },
    candidate: 'movie',
    context: emptyTable(rows),
    contextFeatures: [],
    outcomes: { rows, columns: { rating } },
    outcomeFeatures: [
      { name: 'rating', kind: 'dense' },
      { name: 'rating_value', kind: 'categorical', column: 'rating' },
    ],
    report: { ...report, rowsKept: rows },
  };
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EntityTable, ReadReport } from '@limaml/plugin';
import { categoryColumn, listColumn, numberColumn } from '../columns.js';
import { fileMissing, fileUnreadable } from '../errors.js';
import { createMalformedCounter } from '../malformed.js';
import type { MalformedLimits } from '../malformed.js';
import { parseDirectors, periodOf } from './formats.js';
import type { MemberRecord, MovieLensFormat, MovieRecord } from './formats.js';

/** The side tables of a MovieLens set. */
export interface SideFiles {
  readonly members: EntityTable;
  readonly movies: EntityTable;
  /** Malformed lines, by file. */
  readonly malformed: ReadReport['malformed'];
}

/**
 * Reads members and movies.
 * @throws LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_UNREADABLE, LIMAML_ERR_DATA_MALFORMED
 */
export async function readSideFiles(
  folder: string,
  format: MovieLensFormat,
  limits: MalformedLimits,
): Promise<SideFiles> {
  const { users, items } = format.files;
  const member = await readRecords(folder, users, (line) => format.parseUser(line), limits);
  const movie = await readRecords(folder, items, (line) => format.parseItem(line), limits);
  const directors = parseDirectors(await readIfThere(path.join(folder, EXTRA_FILE)));
  return {
    members: memberTable(member.records),
    movies: movieTable(movie.records, directors),
    malformed: [...member.malformed, ...movie.malformed],
  };
}

/** A file that other people added to ML-1M: directors, actors, plots. */
const EXTRA_FILE = 'movies_extrainfos.dat';

async function readRecords<Item>(
  folder: string,
  file: string,
  parse: (line: string) => Item | undefined,
  limits: MalformedLimits,
): Promise<{ records: Item[]; malformed: ReadReport['malformed'] }> {
  // Names with accents are in Latin-1.
  const text = (await readWhole(path.join(folder, file))).toString('latin1');
  const counter = createMalformedCounter(path.join(folder, file), limits);
  const records: Item[] = [];
  let read = 0;
  text.split(/\r?\n/).forEach((line, at) => {
    if (line === '') return;
    read++;
    const record = parse(line);
    if (record === undefined) counter.add('malformed record', [`${file}:${at + 1}`]);
    else records.push(record);
  });
  return { records, malformed: counter.report(read).malformed };
}

const NEWLINE = 10;

/**
 * Reads a file whose last line ends, as those of GroupLens do: one that ends within a line was cut off.
 * @throws LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_UNREADABLE
 */
export async function readWhole(file: string): Promise<Buffer> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw fileMissing(file, cause);
  });
  if (bytes.length > 0 && bytes.at(-1) !== NEWLINE) {
    throw fileUnreadable(file, new Error('it was cut off within its last line'));
  }
  return bytes;
}

async function readIfThere(file: string): Promise<string> {
  return readFile(file, 'latin1').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw fileMissing(file, cause);
  });
}

function memberTable(members: readonly MemberRecord[]): EntityTable {
  const columns = {
    gender: categoryColumn(members.map(({ gender }) => gender)),
    age: categoryColumn(members.map(({ age }) => age)),
    occupation: categoryColumn(members.map(({ occupation }) => occupation)),
    region: categoryColumn(members.map(({ region }) => region)),
  };
  const features = Object.keys(columns).map((name) => ({ name, kind: 'categorical' }) as const);
  return sideTable(members, columns, features);
}

function movieTable(movies: readonly MovieRecord[], directors: Map<string, string>): EntityTable {
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
): EntityTable {
  const ids = records.map(({ id }) => id);
  return { ids, table: { rows: ids.length, columns }, features };
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EntityTable } from '@limaml/plugin';
import { categoryColumn, listColumn, numberColumn } from '../columns.js';
import { fileMissing } from '../errors.js';
import type { MalformedCounter } from '../malformed.js';
import { parseDirectors, periodOf } from './formats.js';
import type { MemberRecord, MovieLensFormat, MovieRecord } from './formats.js';

/** Members or movies, with the row of each id. */
export interface SideTable extends EntityTable {
  readonly rowOf: ReadonlyMap<string, number>;
}

/** Reads members and movies. */
export async function readSideFiles(
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

/** @throws LIMAML_ERR_DATA_FILE_MISSING */
export async function readBytes(file: string): Promise<Buffer> {
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

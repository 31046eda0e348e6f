/** One member of a side file. */
export interface MemberRecord {
  readonly id: string;
  readonly gender: string;
  readonly age: string;
  readonly occupation: string;
  /** First digit of the postal code, a region of the USA; undefined for other codes. */
  readonly region: string | undefined;
}

/** One movie of a side file. */
export interface MovieRecord {
  readonly id: string;
  readonly genres: readonly string[];
  readonly year: number | undefined;
}

/** One of the two original file formats. Parsers return undefined for a malformed line. */
export interface MovieLensFormat {
  readonly files: { readonly ratings: string; readonly users: string; readonly items: string };
  readonly separator: string;
  parseUser(line: string): MemberRecord | undefined;
  parseItem(line: string): MovieRecord | undefined;
}

/** Age groups of ML-1M by their lower bound; exact ages of ML-100K are put into the same groups. */
const AGE_GROUPS = [1, 18, 25, 35, 45, 50, 56];

const GENRES_100K = [
  'unknown',
  'Action',
  'Adventure',
  'Animation',
  "Children's",
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Fantasy',
  'Film-Noir',
  'Horror',
  'Musical',
  'Mystery',
  'Romance',
  'Sci-Fi',
  'Thriller',
  'War',
  'Western',
];

/** `UserID::Gender::Age::Occupation::Zip-code`, `MovieID::Title (Year)::Genre|Genre`. */
export const ML_1M: MovieLensFormat = {
  files: { ratings: 'ratings.dat', users: 'users.dat', items: 'movies.dat' },
  separator: '::',
  parseUser(line) {
    const [id, gender, age, occupation, zip] = line.split('::');
    return member(id, gender, age, occupation, zip);
  },
  parseItem(line) {
    const [id, title, genres] = line.split('::');
    if (!id || !title || !genres) return undefined;
    return { id, genres: genres.split('|'), year: yearOf(title) };
  },
};

/** `user|age|gender|occupation|zip`, `movie|title (year)|date|video date|url|` and 19 genre flags. */
export const ML_100K: MovieLensFormat = {
  files: { ratings: 'u.data', users: 'u.user', items: 'u.item' },
  separator: '\t',
  parseUser(line) {
    const [id, age, gender, occupation, zip] = line.split('|');
    return member(id, gender, age, occupation, zip);
  },
  parseItem(line) {
    const [id, title, date, , , ...flags] = line.split('|');
    if (!id || !title || flags.length !== GENRES_100K.length) return undefined;
    const genres = GENRES_100K.filter((_, at) => flags[at] === '1');
    return { id, genres, year: yearOf(title) ?? yearOf(date ?? '') };
  },
};

/** Director of each movie, from `movies_extrainfos.dat` (field 7); movies without one are left out. */
export function parseDirectors(text: string): Map<string, string> {
  const directors = new Map<string, string>();
  for (const line of text.split('\n')) {
    const fields = line.split('::');
    const director = fields[6]?.split(',')[0]?.trim();
    if (fields[0] && director && director !== 'N/A') directors.set(fields[0], director);
  }
  return directors;
}

/** Decade of an old movie, year of a movie from 1990 on: tastes tell recent years apart. */
export function periodOf(year: number | undefined): string | undefined {
  if (year === undefined) return undefined;
  return year < 1990 ? `${Math.floor(year / 10) * 10}s` : String(year);
}

function member(
  id: string | undefined,
  gender: string | undefined,
  age: string | undefined,
  occupation: string | undefined,
  zip: string | undefined,
): MemberRecord | undefined {
  const years = Number(age);
  if (!id || !gender || !age || !occupation || zip === undefined || !(years >= 0)) return undefined;
  const group = AGE_GROUPS.findLast((lower) => years >= lower) ?? AGE_GROUPS[0]!;
  const region = /^\d{5}/.test(zip) ? zip[0] : undefined;
  return { id, gender, age: String(group), occupation, region };
}

function yearOf(text: string): number | undefined {
  const year = /\((\d{4})\)\s*$/.exec(text)?.[1] ?? /-(\d{4})$/.exec(text)?.[1];
  return year === undefined ? undefined : Number(year);
}

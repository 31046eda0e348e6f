import { publicDatasetUnknown } from './errors.js';

/** Checksums of a file, in hexadecimal digits; all that are given are checked. */
export interface Checksums {
  readonly md5?: string;
  readonly sha256?: string;
}

/** A file that a public data set consists of. */
export interface PublicFile {
  /** Path in the folder of the set. */
  readonly path: string;
  /** Left out where they are not known for certain. */
  readonly checksums?: Checksums;
}

/** A data set that others publish, and under which terms. */
export interface PublicDataset {
  /** Name of the set, of its folder, and of the dataset plugin that reads it where there is one. */
  readonly name: string;
  /** One line: what it holds. */
  readonly title: string;
  /** Where its archive, a zip file, is published. */
  readonly url: string;
  /** Size of the archive. */
  readonly bytes: number;
  readonly checksums: Checksums;
  /** Folder in the archive that holds the files. */
  readonly folder: string;
  /** What the files take when they are unpacked, at most; an archive that says more is refused. */
  readonly unpackedBytes: number;
  /** Files without which the set is not complete. */
  readonly files: readonly PublicFile[];
  readonly licence: {
    /** The terms in short; the publisher's text counts. */
    readonly summary: string;
    readonly url: string;
  };
  /** What to cite where the set was used. */
  readonly citation: string;
}

const GROUPLENS = 'https://files.grouplens.org/datasets/movielens';
const CITATION =
  'F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. ' +
  'ACM Transactions on Interactive Intelligent Systems 5, 4, Article 19. https://doi.org/10.1145/2827872';

const summary = (redistribution: string): string =>
  'For research. Acknowledge the use in publications, and do not state or imply any endorsement by the ' +
  `University of Minnesota or GroupLens. ${redistribution} No commercial use without permission of GroupLens.`;

const file = (path: string, sha256: string): PublicFile => ({ path, checksums: { sha256 } });

/**
 * Data sets that `limaml download` knows. One more is one more entry: sizes and checksums are the published ones,
 * or those that everybody who pins the archive has.
 */
export const PUBLIC_DATASETS: readonly PublicDataset[] = [
  {
    name: 'ml-100k',
    title: 'MovieLens-100K: 100,000 ratings of 1,682 movies by 943 members, 1997–1998',
    url: `${GROUPLENS}/ml-100k.zip`,
    bytes: 4_924_029,
    checksums: {
      md5: '0e33842e24a9c977be4e0107933c0723',
      sha256: '50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229',
    },
    folder: 'ml-100k',
    unpackedBytes: 50e6,
    files: [
      file('u.data', '06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490'),
      file('u.user', 'f120e114da2e8cf314fd28f99417c94ae9ddf1cb6db8ce0e4b5995d40e90e62c'),
      file('u.item', '553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701'),
    ],
    licence: {
      summary: summary('No redistribution without separate permission.'),
      url: `${GROUPLENS}/ml-100k-README.txt`,
    },
    citation: CITATION,
  },
  {
    name: 'ml-1m',
    title: 'MovieLens-1M: 1,000,209 ratings of 3,883 movies by 6,040 members, 2000–2003',
    url: `${GROUPLENS}/ml-1m.zip`,
    bytes: 5_917_549,
    checksums: {
      md5: 'c4d9eecfca2ab87c1945afe126590906',
      sha256: 'a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20',
    },
    folder: 'ml-1m',
    unpackedBytes: 100e6,
    files: [
      file('ratings.dat', '506d64ca44484487c11dc2d9a28de5c54948213e6b96285e298afe28d6ea4e0f'),
      file('users.dat', '1dc3a95300cb19f7c10e027daf29b8cdf1d908dab65b5edfb45950aa389a10a3'),
      file('movies.dat', '0140fc2356357c1a851d0f52e893a1e4d3696df632c4141cea8d5bc3d621f0b9'),
    ],
    licence: {
      summary: summary('No redistribution without separate permission.'),
      url: `${GROUPLENS}/ml-1m-README.txt`,
    },
    citation: CITATION,
  },
  {
    name: 'ml-25m',
    title: 'MovieLens-25M: 25,000,095 ratings of 62,423 movies by 162,541 members, 1995–2019',
    url: `${GROUPLENS}/ml-25m.zip`,
    bytes: 261_978_986,
    checksums: { md5: '6b51fb2759a8657d3bfcbfc42b592ada' },
    folder: 'ml-25m',
    unpackedBytes: 2e9,
    files: [{ path: 'ratings.csv' }, { path: 'movies.csv' }],
    licence: {
      summary: summary('Redistribution, of changed data too, under these same conditions only.'),
      url: `${GROUPLENS}/ml-25m-README.html`,
    },
    citation: CITATION,
  },
];

/**
 * Finds a set of {@link PUBLIC_DATASETS}.
 * @throws LIMAML_ERR_DATA_PUBLIC_UNKNOWN
 */
export function publicDataset(name: string): PublicDataset {
  const found = PUBLIC_DATASETS.find((dataset) => dataset.name === name);
  if (found) return found;
  throw publicDatasetUnknown(
    name,
    PUBLIC_DATASETS.map((dataset) => dataset.name),
  );
}

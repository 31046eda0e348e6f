import { didYouMean, LimamlError } from '@limaml/errors';

export function publicDatasetUnknown(name: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_PUBLIC_UNKNOWN',
    what: `There is no public data set "${name}" in the list`,
    expected: `one of: ${known.join(', ')}`,
    fix: didYouMean(name, known) || 'Name one of these, or get the files yourself',
  });
}

export function licenceNotAccepted(name: string, url: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_LICENCE',
    what: `The licence of ${name} was not accepted`,
    where: { licence: url },
    expected: 'that you have read the terms and accept them',
    fix: 'Read them and pass --accept-licence (licenceAccepted: true in code)',
  });
}

export function downloadFailed(url: string, reason: string, cause?: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_DOWNLOAD',
    what: `The download failed: ${reason}`,
    where: { url },
    fix: 'Try again, which goes on where it stopped; without a network, get the archive elsewhere and pass --from FILE',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** @param found what was counted, e.g. `md5 0e33…` */
export function checksumWrong(file: string, found: string, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_CHECKSUM',
    what: `The file is not the published one: it has ${found}`,
    where: { file },
    expected,
    fix: 'Get the file again. If it stays so, somebody has changed it; a copy that you trust nevertheless can be named with --data as it is',
  });
}

export function archiveRefused(file: string, reason: string, cause?: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_ARCHIVE',
    what: `The archive cannot be unpacked: ${reason}`,
    where: { file },
    fix: 'Get it again from the publisher',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function folderTaken(folder: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_FOLDER_TAKEN',
    what: 'The folder is not empty, and what is in it is not the whole data set',
    where: { folder },
    expected: 'a folder that is not there yet, is empty, or holds the data set',
    fix: 'Name another folder with --to, or pass --overwrite to replace it',
  });
}

import { LimamlError } from '@limaml/errors';

export function nameInvalid(name: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_NX_NAME_INVALID',
    what: `"${name}" cannot be the name of an entity type`,
    where: { name },
    expected:
      'lower-case letters, digits and single hyphens, a letter first, 40 at most: course, job-alert',
    fix: 'Choose the name that your datasets use for this entity type',
  });
}

export function filesExist(directory: string, files: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_NX_FILES_EXIST',
    what: `The package would replace files that exist: ${files.join(', ')}`,
    where: { directory },
    expected: 'a folder without these files',
    fix: 'Name another folder with --directory, or take the files away',
  });
}

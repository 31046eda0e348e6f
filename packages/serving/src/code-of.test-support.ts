import { isLimamlError } from '@limaml/errors';

/** The code of the error that work ends with. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isLimamlError(error) ? error.code : `not a coded error: ${String(error)}`;
}

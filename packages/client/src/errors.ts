import { LimamlError } from '@limaml/errors';

export function requestRefused(
  status: number,
  { code, message, path, requestId }: Readonly<Record<string, string | undefined>>,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLIENT_REFUSED',
    what: `The server refused the request: ${message ?? `status ${status}`}`,
    where: { status, serverCode: code, path, requestId },
    fix: 'Look the code of the server up in the error reference',
  });
}

export function serverUnreachable(cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLIENT_UNREACHABLE',
    what: `The server cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`,
    expected: 'a limaml-server at the address of the client',
    fix: 'Check the address, and whether the server is ready (/readyz)',
    cause,
  });
}

export function timedOut(milliseconds: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLIENT_TIMEOUT',
    what: `The server did not answer within ${milliseconds} ms`,
    fix: 'Try again, raise timeoutMs, or ask for less at once',
  });
}

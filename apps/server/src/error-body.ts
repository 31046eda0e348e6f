import { isLimamlError, type LimamlError } from '@limaml/errors';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { bodyInvalid, bodyTooLarge, bodyUnreadable, internalError } from './errors.js';
import type { Limits } from './limits.js';
import { STATUS_OF } from './statuses.js';

/** Seconds after which a client may try again. */
const RETRY_AFTER_SECONDS = 1;

/** Turns whatever was thrown into the answer of the server: a coded error without ids or stack traces. */
export function answerError(limits: Limits) {
  return (thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const error = codedError(thrown, limits);
    const status = STATUS_OF.get(error.code) ?? 500;
    if (status >= 500) request.log.error({ err: thrown }, 'request failed');
    if (status === 429 || status === 503)
      reply.header('retry-after', error.where.retryAfter ?? RETRY_AFTER_SECONDS);
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    void reply.code(status).send(errorBodyOf(status === 500 ? internalError() : error, request.id));
  };
}

/** The parts of a coded error that may leave the server: `where` may hold ids and paths. */
export function errorBodyOf(error: LimamlError, requestId: string) {
  const { code, what, where, expected, fix } = error;
  const expectation = expected === undefined ? '' : ` Expected: ${expected}.`;
  const message = `${what}.${expectation}${fix === undefined ? '' : ` Fix: ${fix}.`}`;
  const path = typeof where.path === 'string' ? { path: where.path } : {};
  return { error: { code, message, ...path, requestId } };
}

function codedError(thrown: FastifyError, limits: Limits): LimamlError {
  if (isLimamlError(thrown)) return thrown;
  if (thrown.validation !== undefined) return validationError(thrown);
  if (thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge(limits.bodyBytes);
  const status = thrown.statusCode ?? 500;
  return status >= 400 && status < 500 ? bodyUnreadable(thrown.message) : internalError();
}

/** Of a choice between schemas every branch fails: the one that got furthest says what was meant. */
function validationError({ validation = [], validationContext }: FastifyError): LimamlError {
  const [deepest] = [...validation].sort(
    (one, other) => other.instancePath.length - one.instancePath.length,
  );
  const { instancePath = '', message = 'it is not valid', params } = deepest ?? {};
  const extra = params?.additionalProperty;
  const property = typeof extra === 'string' ? `/${extra.slice(0, 64)}` : '';
  const place = validationContext === 'body' ? '' : `/${validationContext ?? ''}`;
  return bodyInvalid(`${place}${instancePath}${property}` || '/', message);
}

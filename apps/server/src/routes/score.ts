import type { FastifyInstance } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { ARROW_STREAM, readScoreBody, writeScoreTable } from '../arrow.js';
import { errorBody } from '../schemas/parts.js';
import { scoreBody, scoreReply, type ScoreBody } from '../schemas/score.js';
import { scoreEntities } from '../score-entities.js';
import { writeScores } from '../score-json.js';
import type { Services } from '../services.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** `POST /v1/score`. */
export function scoreRoute(app: FastifyInstance, services: Services): void {
  const { limits, parts } = services;
  const schema = {
    summary: 'Score candidates for one or many entities',
    tags: ['score'],
    description:
      'Arrow: columns "entity" and "candidates" (lists of ids), a row for each request; the answer has the columns of a result.',
    consumes: ['application/json', ARROW_STREAM],
    body: scoreBody(parts, limits),
    response: { 200: scoreReply, default: errorBody },
  };
  app.addContentTypeParser(ARROW_STREAM, { parseAs: 'buffer' }, (_, bytes, done) => {
    try {
      done(null, readScoreBody(bytes as Buffer, limits));
    } catch (error) {
      done(error as Error);
    }
  });
  app.post<{ Body: ScoreBody }>(
    '/v1/score',
    { schema, config: { scope: 'score' } },
    async ({ body, headers }, reply) => {
      const scored = await scoreEntities(services, body.requests);
      if (wantsArrow(headers)) return reply.type(ARROW_STREAM).send(writeScoreTable(scored));
      return reply.type(JSON_TYPE).send(writeScores(scored));
    },
  );
}

/** An answer comes as its request did, unless it says what it takes. */
function wantsArrow({ accept, 'content-type': type }: IncomingHttpHeaders): boolean {
  if (accept?.includes(ARROW_STREAM)) return true;
  return type === ARROW_STREAM && !accept?.includes('application/json');
}

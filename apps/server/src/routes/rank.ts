import type { FastifyInstance } from 'fastify';
import { errorBody } from '../schemas/parts.js';
import { rankBody, rankReply, type RankBody } from '../schemas/rank.js';
import type { Services } from '../services.js';
import { scoreEntities } from '../score-entities.js';
import { othersOf } from '../score-json.js';

/** `POST /v1/rank`. */
export function rankRoute(app: FastifyInstance, services: Services): void {
  const { limits, parts } = services;
  const schema = {
    summary: 'The best k candidates for one entity',
    tags: ['score'],
    body: rankBody(parts, limits),
    response: { 200: rankReply, default: errorBody },
  };
  app.post<{ Body: RankBody }>(
    '/v1/rank',
    { schema, config: { scope: 'score' } },
    async ({ body }) => {
      const { k, ...request } = body;
      const [scored] = await scoreEntities(services, [request]);
      const { probabilities, version, prior } = scored!.scores;
      const others = othersOf(scored!.scores);
      const { name } = scored!.generation;
      const ranking = best(probabilities, k).map((index) => {
        const candidate = request.candidates[index];
        return {
          ...{ index, score: probabilities[index] },
          ...(typeof candidate === 'string' && { candidate }),
        };
      });
      return { ranking, version: version ?? null, prior, bundle: name, variant: name, ...others };
    },
  );
}

/** Places of the greatest k scores, the greatest first. */
function best(scores: Float32Array, k: number): number[] {
  const places = Array.from(scores.keys());
  return places.sort((one, other) => scores[other]! - scores[one]! || one - other).slice(0, k);
}

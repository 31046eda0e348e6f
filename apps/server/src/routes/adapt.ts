import type { FastifyInstance } from 'fastify';
import { adaptBody, adaptReply, type AdaptBody } from '../schemas/adapt.js';
import { errorBody } from '../schemas/parts.js';
import type { Services } from '../services.js';

/** `POST /v1/adapt`: adapts to the events of the request; nothing is stored. */
export function adaptRoute(app: FastifyInstance, { deployments, limits, parts }: Services): void {
  const schema = {
    summary: 'Adapt to events of the request and score with the result',
    tags: ['score'],
    body: adaptBody(parts, limits),
    response: { 200: adaptReply, default: errorBody },
  };
  app.post<{ Body: AdaptBody }>('/v1/adapt', { schema, config: { scope: 'score' } }, ({ body }) =>
    deployments.use(async (deployment) => {
      const { events, candidates = [], ...request } = body;
      const { name, scorer } = deployment.generationOf(request.entity);
      const embedding = await scorer.adapt({ ...request, events });
      const scored =
        candidates.length === 0
          ? undefined
          : await scorer.score({ ...request, candidates, embedding });
      return {
        embedding: Array.from(embedding),
        scores: Array.from(scored?.probabilities ?? []),
        prior: events.length === 0,
        ...{ bundle: name, variant: name },
      };
    }),
  );
}

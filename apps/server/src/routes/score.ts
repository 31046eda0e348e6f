import type { ScoreRequest, Scores } from '@limaml/serving';
import type { FastifyInstance } from 'fastify';
import type { Deployment } from '../deployment/deployment.js';
import type { Generation } from '../deployment/generation.js';
import { errorBody } from '../schemas/parts.js';
import { scoreBody, scoreReply, type ScoreBody } from '../schemas/score.js';
import { writeScores } from '../score-json.js';
import '../scopes.js';
import type { Services } from '../services.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** `POST /v1/score`. */
export function scoreRoute(
  app: FastifyInstance,
  { deployments, limits, metrics, parts }: Services,
): void {
  const schema = {
    summary: 'Score candidates for one or many entities',
    tags: ['score'],
    body: scoreBody(parts, limits),
    response: { 200: scoreReply, default: errorBody },
  };
  app.post<{ Body: ScoreBody }>(
    '/v1/score',
    { schema, config: { scope: 'score' } },
    (request, reply) =>
      deployments.use(async (deployment) => {
        const scored = await scoreEntities(deployment, request.body.requests);
        for (const { generation, scores } of scored)
          metrics.scored(generation.name, scores.prior, scores.version);
        return reply.type(JSON_TYPE).send(writeScores(scored));
      }),
  );
}

/** Scores of a request, and what they were made with. */
export interface Scored {
  readonly generation: Generation;
  readonly scores: Scores;
}

/** Scores every request with the generation of its entity; those of one generation together. */
export async function scoreEntities(
  deployment: Deployment,
  requests: readonly ScoreRequest[],
): Promise<readonly Scored[]> {
  const [only, ...others] = deployment.generations;
  if (others.length === 0) {
    const scores = await only!.scorer.scoreAll(requests);
    return scores.map((one) => ({ generation: only!, scores: one }));
  }
  return scoreByGeneration(deployment, requests);
}

async function scoreByGeneration(
  deployment: Deployment,
  requests: readonly ScoreRequest[],
): Promise<readonly Scored[]> {
  const groups = groupRows(deployment, requests);
  const scored: Scored[] = [];
  const runs = [...groups].map(async ([generation, rows]) => {
    const scores = await generation.scorer.scoreAll(rows.map((row) => requests[row]!));
    rows.forEach((row, at) => {
      scored[row] = { generation, scores: scores[at]! };
    });
  });
  await Promise.all(runs);
  return scored;
}

function groupRows(
  deployment: Deployment,
  requests: readonly ScoreRequest[],
): Map<Generation, number[]> {
  const groups = new Map<Generation, number[]>();
  requests.forEach(({ entity }, row) => {
    const generation = deployment.generationOf(entity);
    const group = groups.get(generation);
    if (group) group.push(row);
    else groups.set(generation, [row]);
  });
  return groups;
}

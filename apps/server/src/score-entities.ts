import { isLimamlError } from '@limaml/errors';
import type { ScoreRequest, Scores } from '@limaml/serving';
import type { Deployment } from './deployment/deployment.js';
import type { Generation } from './deployment/generation.js';
import type { Services } from './services.js';
import { compareWithShadow } from './shadow.js';

/** Scores of a request, and what they were made with. */
export interface Scored {
  readonly generation: Generation;
  readonly scores: Scores;
}

/** Scores every request with the generation of its entity, counts it, and lets the shadow score it too. */
export async function scoreEntities(
  services: Pick<Services, 'deployments' | 'metrics'>,
  requests: readonly ScoreRequest[],
): Promise<readonly Scored[]> {
  try {
    return await scoreNow(services, requests);
  } catch (error) {
    if (!isMismatch(error) || !(await services.deployments.follow())) throw error;
    return scoreNow(services, requests);
  }
}

/** Embeddings of another bundle were published into the store since. */
function isMismatch(error: unknown): boolean {
  return isLimamlError(error) && error.code === 'LIMAML_ERR_SERVING_STORE_MISMATCH';
}

function scoreNow(
  { deployments, metrics }: Pick<Services, 'deployments' | 'metrics'>,
  requests: readonly ScoreRequest[],
): Promise<readonly Scored[]> {
  return deployments.use(async (deployment) => {
    const scored = await scoreByGeneration(deployment, requests);
    for (const { generation, scores } of scored)
      metrics.scored(generation.name, scores.prior, scores.version);
    // Begun while the deployment is in use, so that the shadow is not disposed of under it.
    if (deployment.shadow !== undefined)
      void deployment.use(() => compareWithShadow(deployment.shadow!, requests, scored, metrics));
    return scored;
  });
}

/** Requests of one generation are scored together, with embeddings of one store version. */
async function scoreByGeneration(
  deployment: Deployment,
  requests: readonly ScoreRequest[],
): Promise<readonly Scored[]> {
  const [only, ...others] = deployment.generations;
  if (others.length === 0) {
    const all = await only!.scorer.scoreAll(requests);
    return all.map((scores) => ({ generation: only!, scores }));
  }
  const scored: Scored[] = [];
  const runs = [...groupRows(deployment, requests)].map(async ([generation, rows]) => {
    const all = await generation.scorer.scoreAll(rows.map((row) => requests[row]!));
    rows.forEach((row, at) => {
      scored[row] = { generation, scores: all[at]! };
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

import type { Bundle } from '@limaml/serving';
import type { FastifyInstance } from 'fastify';
import type { Deployment } from '../deployment/deployment.js';
import { entityUnknown } from '../errors.js';
import {
  entityParams,
  entityReply,
  forgottenReply,
  type EntityParams,
  type EntityReply,
} from '../schemas/entities.js';
import { errorBody } from '../schemas/parts.js';
import type { Services } from '../services.js';

const ADDRESS = '/v1/entities/:type/:id';

/** `GET` and `DELETE /v1/entities/:type/:id`. */
export function entityRoutes(app: FastifyInstance, services: Services): void {
  const { deployments, parts } = services;
  const common = { params: entityParams(parts), tags: ['entities'] };
  const asked = {
    ...common,
    summary: 'What is known of an entity',
    response: { 200: entityReply, default: errorBody },
  };
  app.get<{ Params: EntityParams }>(
    ADDRESS,
    { schema: asked, config: { scope: 'score' } },
    ({ params }) => deployments.use((deployment) => describe(deployment, services, params)),
  );
  const forgotten = {
    ...common,
    summary: 'Forget an entity: embeddings of all versions, events and profile',
    response: { 200: forgottenReply, default: errorBody },
  };
  app.delete<{ Params: EntityParams }>(
    ADDRESS,
    { schema: forgotten, config: { scope: 'admin' } },
    async ({ params }) => ({ forgotten: await forget(services, params) }),
  );
}

async function describe(
  deployment: Deployment,
  { events }: Services,
  { type, id }: EntityParams,
): Promise<EntityReply> {
  const { name, bundle, store } = deployment.generationOf(id);
  const seen = seenFrom(bundle, type);
  if (seen === undefined) throw entityUnknown();
  const { embedding, support } = seen.manifest;
  const current = await store.current(type);
  const [stored = false] = await store.get(type, [id], new Float32Array(embedding.dim));
  // Only the type that is adapted for a request is refreshed from events.
  const window = seen === bundle ? await events?.window(id, support.maxSize) : undefined;
  if (!stored && (window === undefined || window.events.length === 0)) throw entityUnknown();
  return {
    ...{ stored, version: current?.version ?? null, bundle: name, variant: name },
    ...{ dim: embedding.dim, generatedAt: current?.createdAt ?? null },
    events: window?.events.length ?? 0,
    newestEvent: window?.events.at(-1)?.time ?? null,
    pending: (window?.sequence ?? 0) > 0,
  };
}

/** The bundle as an entity type sees it, where that type has embeddings. */
function seenFrom(bundle: Bundle, type: string): Bundle | undefined {
  return type === bundle.manifest.entity ? bundle : bundle.others[type];
}

/** Without an event log there is nothing but the stores to forget in. */
async function forget(services: Services, { type, id }: EntityParams): Promise<boolean> {
  const { deployments, refresher } = services;
  const seen = deployments.current.generations.map(({ bundle }) => seenFrom(bundle, type));
  if (seen.every((bundle) => bundle === undefined)) throw entityUnknown();
  const adapted = deployments.current.generations.some(
    ({ bundle }) => bundle.manifest.entity === type,
  );
  if (refresher !== undefined && adapted) return refresher.forget(id);
  return deployments.use(async ({ everyGeneration }) => {
    const held = everyGeneration.map(({ store }) => store.delete(type, id));
    return (await Promise.all(held)).some((versions) => versions > 0);
  });
}

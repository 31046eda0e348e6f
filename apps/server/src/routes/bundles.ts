import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Plan } from '../deployment/deployment.js';
import {
  activateBody,
  bundleParams,
  bundlesReply,
  type ActivateBody,
  type BundleParams,
  type BundlesReply,
} from '../schemas/bundles.js';
import { errorBody } from '../schemas/parts.js';
import type { Services } from '../services.js';

/** `GET /v1/bundles`, `POST /v1/bundles/:id/activate` and `/rollback`. */
export function bundleRoutes(app: FastifyInstance, services: Services): void {
  const { deployments, parts } = services;
  const response = { 200: bundlesReply, default: errorBody };
  const common = { tags: ['bundles'], response };
  const config = { scope: 'admin' } as const;
  const listed = { ...common, summary: 'Bundles there are, and which serve' };
  app.get('/v1/bundles', { schema: listed, config }, () => listBundles(services));

  const params = bundleParams(parts);
  const activated = {
    ...{ ...common, params, body: Type.Union([activateBody, Type.Null()]) },
    summary: 'Serve a bundle: to all entities, to a share of them, or as a shadow',
  };
  app.post<{ Params: BundleParams; Body: ActivateBody | null }>(
    '/v1/bundles/:id/activate',
    { schema: activated, config },
    async ({ params: { id }, body }) => {
      await deployments.change((plan) => planWith(plan, id, body ?? {}));
      return listBundles(services);
    },
  );

  const undone = { ...common, params, summary: 'Go back to what served before this bundle' };
  app.post<{ Params: BundleParams }>(
    '/v1/bundles/:id/rollback',
    { schema: undone, config },
    async ({ params: { id } }) => {
      await deployments.rollback(id);
      return listBundles(services);
    },
  );
}

/** The plan with one more bundle in it. */
function planWith(plan: Plan, name: string, { share = 1, shadow = false }: ActivateBody): Plan {
  if (shadow) return { ...plan, shadow: name };
  const promoted = plan.shadow === name ? undefined : plan.shadow;
  const others = Object.entries(plan.shares).filter(([other]) => other !== name);
  if (share === 1 || others.length === 0) return { shares: { [name]: 1 }, shadow: promoted };
  const total = others.reduce((sum, [, one]) => sum + one, 0);
  const kept = others.map(([other, one]) => [other, (one / total) * (1 - share)] as const);
  return { shares: { ...Object.fromEntries(kept), [name]: share }, shadow: promoted };
}

async function listBundles({ library, deployments }: Services): Promise<BundlesReply> {
  const { current } = deployments;
  const listed = await library.list();
  return {
    bundles: listed.map(({ name, manifest }) => ({
      ...{ name, fingerprint: manifest.fingerprint, entity: manifest.entity },
      ...{ model: manifest.model.name, createdAt: manifest.createdAt },
      candidates: manifest.candidates,
      share: current.shareOf(name),
      shadow: current.plan.shadow === name,
    })),
  };
}

import { createOrtExecutor, type OrtExecutor } from '@limaml/backend-ort';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.js';
import { bundleFolder, singleBundle, type BundleLibrary } from './deployment/bundle-library.js';
import type { Plan } from './deployment/deployment.js';
import { Deployments } from './deployment/deployments.js';
import { OpenStores } from './deployment/open-stores.js';
import { bindRefused, noBundle, optionInvalid } from './errors.js';
import { createLogger } from './logger.js';
import { openNearline } from './nearline.js';
import { DEFAULT_LIMITS } from './limits.js';
import { Metrics } from './metrics.js';
import type { ServerOptions } from './options.js';
import { schemaParts } from './schemas/parts.js';

/** A server that is ready to listen. */
export interface Server {
  /** Begins to listen; gives the address, e.g. `http://127.0.0.1:8080`. */
  listen(): Promise<string>;
  /** Stops listening, answers what has begun, and releases everything. */
  close(): Promise<void>;
}

/**
 * Opens bundles and stores and makes the HTTP server of them.
 *
 * @throws LIMAML_ERR_SERVER_OPTION_INVALID, LIMAML_ERR_SERVER_BUNDLE_UNKNOWN, LIMAML_ERR_SERVER_NO_BUNDLE,
 *   LIMAML_ERR_SERVER_BIND_REFUSED, and what opening a bundle or a store throws
 *
 * @example
 * ```ts
 * const server = await createServer({ bundle: 'bundles/first', store: 'stores/first', port: 0 });
 * console.log(await server.listen());
 * await server.close();
 * ```
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { workers = 0 } = options;
  const runtime = await createOrtExecutor(workers > 0 ? { workers } : {});
  try {
    return await serve(options, runtime);
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

async function serve(options: ServerOptions, runtime: OrtExecutor): Promise<Server> {
  assertBind(options);
  const library = libraryOf(options);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = new Metrics();
  const logger = createLogger(options);
  const deployments = await Deployments.start(await planOf(options, library), {
    ...{ library, runtime, limits, stores: new OpenStores(storeOptions(options)) },
    maxDelayMs: options.maxDelayMs ?? 1,
    onBatch: (bundle, report) => {
      metrics.batch(bundle, report);
    },
  });
  metrics.watchDeployments(deployments);
  const common = { library, deployments, limits, metrics, logger, parts: schemaParts(limits) };
  const nearline = options.events && (await openNearline(options.events, common));
  let ready = true;
  const { refresher, events } = nearline ?? {};
  const app = await buildApp({ ...common, refresher, events, isReady: () => ready }, options);
  const release = async (): Promise<void> => {
    ready = false;
    await app.close();
    await nearline?.close();
    await deployments.close();
    await runtime.dispose();
  };
  let closing: Promise<void> | undefined;
  return { listen: () => listen(app, options), close: () => (closing ??= release()) };
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/** Nobody is served from other machines by accident. */
function assertBind({ host = '127.0.0.1', access, open = false }: ServerOptions): void {
  if (!LOOPBACK.test(host) && access === undefined && !open) throw bindRefused(host);
}

function listen(app: FastifyInstance, options: ServerOptions): Promise<string> {
  const { host = '127.0.0.1', port = 8080 } = options;
  return app.listen({ host, port });
}

function libraryOf({ bundle, bundles }: ServerOptions): BundleLibrary {
  if ((bundle === undefined) === (bundles === undefined))
    throw optionInvalid('bundle', 'both or neither of --bundle and --bundles', 'one of the two');
  return bundle === undefined ? bundleFolder(bundles!) : singleBundle(bundle);
}

async function planOf({ plan }: ServerOptions, library: BundleLibrary): Promise<Plan> {
  if (plan !== undefined) return plan;
  const listed = await library.list();
  const [newest] = [...listed].sort((one, other) =>
    other.manifest.createdAt.localeCompare(one.manifest.createdAt),
  );
  if (newest === undefined) throw noBundle();
  return { shares: { [newest.name]: 1 } };
}

function storeOptions({ store, storePrefix, storePlugin }: ServerOptions) {
  return {
    location: store,
    ...(storePrefix !== undefined && { prefix: storePrefix }),
    ...(storePlugin !== undefined && { plugin: storePlugin }),
  };
}

import { serveExperimentWorker } from '@limaml/experiment';
import { loadSpec } from './experiment-spec.js';
import type { WorkerArguments } from './experiment-workers.js';
import { createAppRegistry } from './registry.js';

const { spec, seeds } = JSON.parse(process.argv[2]!) as WorkerArguments;
const registry = await createAppRegistry(process.cwd());
await serveExperimentWorker({ ...(await loadSpec(spec)), seeds: [...seeds] }, registry);
await registry.dispose();

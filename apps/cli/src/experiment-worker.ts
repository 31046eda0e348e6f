import { serveExperimentWorker } from '@limaml/experiment';
import { chooseWorkers, loadSpec } from './experiment-spec.js';
import type { WorkerArguments } from './experiment-workers.js';
import { createAppRegistry } from './registry.js';

const { spec, seeds, workers } = JSON.parse(process.argv[2]!) as WorkerArguments;
const registry = await createAppRegistry(process.cwd());
const chosen = chooseWorkers(await loadSpec(spec), workers);
await serveExperimentWorker({ ...chosen, seeds: [...seeds] }, registry);
await registry.dispose();

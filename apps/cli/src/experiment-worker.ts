import { readRecordedSpec, serveExperimentWorker } from '@limaml/experiment';
import { loadPlugins } from './experiment-spec.js';
import type { WorkerArguments } from './experiment-workers.js';
import { createAppRegistry } from './registry.js';

const { file, out } = JSON.parse(process.argv[2]!) as WorkerArguments;
const registry = await createAppRegistry(process.cwd());
const spec = await readRecordedSpec(out, await loadPlugins(file));
await serveExperimentWorker(spec, registry);
await registry.dispose();

import { testRegistry, testSpec } from '../fixtures.test-support.js';
import { serveExperimentWorker } from './worker.js';

// A worker process of the tests, with the seeds that its parent's spec has.
const registry = testRegistry();
await serveExperimentWorker(testSpec({ seeds: [1, 2] }), registry);
await registry.dispose();

import { testRegistry } from '../fixtures.test-support.js';
import { readRecordedSpec } from '../run/recorded-spec.js';
import { serveExperimentWorker } from '../run/worker.js';

// A worker process of the tests; LIMAML_TEST_OUT is the folder with the experiment.
const registry = testRegistry();
await serveExperimentWorker(await readRecordedSpec(process.env.LIMAML_TEST_OUT!, []), registry);
await registry.dispose();

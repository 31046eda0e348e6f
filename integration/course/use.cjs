// A CommonJS program: node use.cjs BUNDLE STORE. Node 20.19 and newer can require() these packages.
const assert = require('node:assert');
const { createOrtExecutor } = require('@limaml/backend-ort');
const { DEFAULT_ALGORITHM } = require('@limaml/core');
const { tableDataset } = require('@limaml/data');
const { isLimamlError } = require('@limaml/errors');
const { defineExperiment } = require('@limaml/experiment');
const { interpret, spec, square, trace } = require('@limaml/graph');
const { limamlModel } = require('@limaml/models');
const { toOnnx } = require('@limaml/onnx');
const { createRegistry, defineEntity } = require('@limaml/plugin');
const { SMALL_SCHEMA, testEntityPlugin } = require('@limaml/plugin/testing');
const { createScorer, openBundle } = require('@limaml/serving');
const { lmdbStore } = require('@limaml/store');

const [bundleFolder, storeFolder] = process.argv.slice(2);

/** The same entity, written in CommonJS. */
const course = defineEntity({
  name: 'course',
  taskId: (interaction) => interaction.entityId('course'),
  features: 'dataset',
  metaFeatures: 'all',
  support: { maxSize: 20 },
  coldStart: { defaults: {} },
});

async function main() {
  const samples = [{ ids: { course: 'a' }, timestamp: 0, task: 'a' }];
  const { checks } = await testEntityPlugin(course, { samples });
  const registry = createRegistry().use(course).use(limamlModel()).use(lmdbStore());
  assert.equal(registry.get('entity', 'course'), course);
  assert.throws(
    () => registry.use(course),
    (error) => isLimamlError(error),
  );
  assert.equal(registry.get('model', 'limaml').create(SMALL_SCHEMA).name, 'limaml');

  const program = trace({ x: spec(['T']) }, ({ x }) => ({ y: square(x) }));
  const { y } = interpret(program, { x: { shape: [2], data: [2, 3] } });
  assert.deepEqual([...y.data], [4, 9]);
  for (const made of [tableDataset, defineExperiment, toOnnx])
    assert.equal(typeof made, 'function');
  assert.equal(DEFAULT_ALGORITHM.order, 'second');
  return { checks: checks.length, best: await bestLearner(registry) };
}

/** The learner that the bundle would show course-3 to. */
async function bestLearner(registry) {
  const runtime = await createOrtExecutor();
  const bundle = await openBundle(bundleFolder, { runtime });
  const store = await registry.get('store', 'lmdb').open(storeFolder, { create: false });
  const scorer = await createScorer({ bundle, store });
  const candidates = Array.from({ length: 100 }, (_, at) => `learner-${at}`);
  const { probabilities, prior } = await scorer.score({ entity: 'course-3', candidates });
  assert.equal(prior, false, 'course-3 is in the store');
  const best = probabilities.indexOf(Math.max(...probabilities));
  await store.close();
  await bundle.dispose();
  await runtime.dispose();
  await registry.dispose();
  return `${candidates[best]} ${probabilities[best].toFixed(4)}`;
}

main().then(
  (result) => {
    console.log(JSON.stringify(result));
  },
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);

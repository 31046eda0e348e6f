import { createOrtExecutor } from '@limaml/backend-ort';
import { evaluateProgram, initParams, maml, parameterSpecs } from '@limaml/core';
import { bindDims, interpret, type Program, type TensorMap } from '@limaml/graph';
import { limamlModel } from '@limaml/models';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportBundle } from './export-bundle.js';
import { exportJointModels } from './export-joint-models.js';
import { randomRun, smallMarket } from './small-run.test-support.js';

const TYPES = ['member', 'job', 'company'] as const;
const SIZES: Readonly<Record<string, number>> = { T: 2, S: 3, Q: 4 };
const algorithm = maml({ innerSteps: 2, innerLearningRate: 0.4 });

/** A joint model with random weights; jobs and companies have the features of members here. */
async function jointSource() {
  const market = await smallMarket();
  const { schema } = market.encoders;
  const schemas = Object.fromEntries(TYPES.map((type) => [type, { ...schema, entity: type }]));
  const joint = { primary: 'member', schemas, adapting: TYPES };
  const model = limamlModel().createJoint!(joint, { meta: 'entity' });
  const specs = Object.values(model.views).map((view) => parameterSpecs(view, algorithm));
  const params = initParams(Object.assign({}, ...specs) as (typeof specs)[number], 5);
  const entities = TYPES.map((type) => [type, { algorithm, schema: schemas[type]! }] as const);
  const plugin = { name: 'limaml', options: {} };
  return { market, params, plugin, joint: { model, entities: Object.fromEntries(entities) } };
}

/** Pseudo-random feeds of what a program reads beside parameters. */
function feedsOf(inputs: Program['inputs'], known: TensorMap): TensorMap {
  const names = Object.entries(inputs).filter(([name]) => !(name in known));
  return Object.fromEntries(
    names.map(([name, { shape, dtype }]) => {
      const sizes = shape.map((dim) => (typeof dim === 'number' ? dim : SIZES[dim]!));
      const count = sizes.reduce((product, size) => product * size, 1);
      const value = (_: unknown, at: number): number =>
        name.endsWith('mask') || name.endsWith('label')
          ? Number(name.endsWith('mask') || at % 2)
          : dtype === 'int32'
            ? at % 3
            : Math.sin(at + name.length);
      const data =
        dtype === 'int32'
          ? Int32Array.from({ length: count }, value)
          : Float32Array.from({ length: count }, value);
      return [name, { dtype, shape: sizes, data }];
    }),
  ) as TensorMap;
}

it('stored embeddings of all types and score.onnx give what the joint model gives directly', async () => {
  const { joint, params, plugin } = await jointSource();
  const folder = await mkdtemp(join(tmpdir(), 'limaml-joint-'));
  const executor = await createOrtExecutor();
  try {
    const names = await exportJointModels({ joint, params, plugin }, folder);
    expect([...names].sort()).toEqual(
      [
        ...TYPES.flatMap((type) => [`adapt.${type}.onnx`, `prior.${type}.onnx`]),
        'score.onnx',
      ].sort(),
    );
    const load = async (name: string) => executor.load(await readFile(join(folder, name)));
    const run = async (name: string, feeds: TensorMap): Promise<TensorMap> => {
      const loaded = await load(name);
      const used = Object.keys(loaded.inputs).map((input) => [input, feeds[input]!] as const);
      return loaded.run(Object.fromEntries(used));
    };

    // Jobs and companies are adapted first, and their vectors stored.
    const stored: Record<string, Float32Array> = {};
    for (const type of ['job', 'company']) {
      const inputs = evaluateProgram(joint.model.views[type]!, algorithm).inputs;
      const { embedding } = await run(`adapt.${type}.onnx`, feedsOf(inputs, params));
      stored[type] = embedding!.data as Float32Array;
    }
    const view = joint.model.views.member!;
    const evaluate = bindDims(evaluateProgram(view, algorithm), SIZES);
    const feeds: Record<string, TensorMap[string]> = feedsOf(evaluate.inputs, params);
    for (const part of ['support', 'query']) {
      for (const [type, vectors] of Object.entries(stored)) {
        // Rows refer to the two entities of the type in turn.
        const rows = feeds[`${part}/row.embedding.${type}`]!.data as Float32Array;
        rows.forEach((_, at) => (rows[at] = vectors[at % vectors.length]!));
      }
    }
    const all = { ...params, ...feeds };
    const used = Object.keys(evaluate.inputs).map((name) => [name, all[name]!] as const);
    const direct = interpret(evaluate, Object.fromEntries(used));

    const { embedding } = await run('adapt.member.onnx', feeds);
    const query = Object.entries(feeds).map(([name, value]) => [
      name.replace(/^query\//, ''),
      value,
    ]);
    const scores = await run('score.onnx', {
      ...(Object.fromEntries(query) as TensorMap),
      embedding: embedding!,
    });
    scores.logits!.data.forEach((value, at) => {
      expect(value).toBeCloseTo(direct.logits!.data[at]!, 4);
    });
  } finally {
    await executor.dispose();
    await rm(folder, { recursive: true });
  }
});

it('is no bundle: that has no place for other embeddings', async () => {
  const { joint, market } = await jointSource();
  const run = randomRun(() => joint.model.views.member!, market);
  await expect(exportBundle(run, join(tmpdir(), 'limaml-never'))).rejects.toThrow(
    /SEVERAL_ENTITIES.*row\.embedding\.job/s,
  );
});

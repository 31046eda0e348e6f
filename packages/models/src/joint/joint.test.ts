import {
  adaptProgram,
  evaluateProgram,
  flattenTree,
  maml,
  priorProgram,
  scoreProgram,
  trainProgram,
  type ParameterValues,
} from '@limaml/core';
import { bindDims } from '@limaml/graph';
import type { FeatureSchema, JointModel } from '@limaml/plugin';
import { describe, expect, it } from 'vitest';
import { addEntityTypes, limamlModel } from '../index.js';
import { FACTOR_SCHEMA, feedsOf, run, SCHEMA, type Feeds } from '../small-schema.test-support.js';

const algorithm = maml({ innerSteps: 2, innerLearningRate: { initial: 0.3, per: 'element' } });

/** A type with the entity features of members under other ids, and the rows of a schema. */
const typed = (schema: FeatureSchema, entity: string): FeatureSchema => ({ ...schema, entity });

function jointModel(
  schema: FeatureSchema,
  types: readonly string[],
  options: Record<string, unknown> = {},
): JointModel {
  const schemas = Object.fromEntries(types.map((type) => [type, typed(schema, type)]));
  return limamlModel().createJoint!({ primary: 'member', schemas, adapting: types }, options);
}

const ALL = ['member', 'job', 'company'];

describe.each([
  ['learned candidate vectors', SCHEMA, {}],
  ['fitted factors', FACTOR_SCHEMA, {}],
  ['no tower', SCHEMA, { tower: [] }],
  ['interaction form of jobs', SCHEMA, { metas: { job: 'interaction' } }],
])('a joint model with %s', (_, schema, options) => {
  const model = jointModel(schema, ALL, options);

  it.each(ALL)('scores from the stored embedding what the adapted view of %s scores', (type) => {
    const view = model.views[type]!;
    const evaluate = evaluateProgram(view, algorithm);
    const feeds = feedsOf(evaluate);
    const adapted = run(adaptProgram(view, algorithm), feeds).embedding!;
    const score = scoreProgram(view);
    const query: Feeds = Object.fromEntries(
      Object.keys(score.inputs)
        .filter((name) => name.startsWith('row.'))
        .map((name) => [name, feeds[`query/${name}`]!]),
    );
    const scored = run(score, { ...feeds, ...query, embedding: adapted });
    const { logits } = run(evaluate, feeds);
    for (const [i, value] of scored.logits!.data.entries())
      expect(value).toBeCloseTo(logits!.data[i]!, 10);
  });

  it.each(ALL)('learns in the view of %s, and reads the embeddings of the others', (type) => {
    const view = model.views[type]!;
    const program = trainProgram(view, algorithm);
    const names = Object.keys(program.inputs);
    for (const other of ALL) {
      expect(names.includes(`query/row.embedding.${other}`)).toBe(other !== type);
    }
    const before = feedsOf(program);
    const { loss, ...outputs } = run(program, before);
    const moved = { ...before };
    for (const [name, gradient] of Object.entries(outputs)) {
      const input = name.slice('grad/'.length);
      const { shape, data } = before[input]!;
      moved[input] = { shape, data: data.map((x, i) => x - 1e-4 * gradient.data[i]!) };
    }
    expect(run(program, moved).loss!.data[0]).toBeLessThan(loss!.data[0]!);
  });

  it('shares the global block between views, and no meta parameter or table', () => {
    const views = ALL.map((type) => model.views[type]!);
    const names = views.map(({ params }) => flattenTree(params.meta).map(([path]) => path));
    names.forEach((paths, at) => {
      expect(paths.every((path) => path.startsWith(`${ALL[at]!}/`))).toBe(true);
    });
    expect(views[1]!.params.global).toEqual(views[0]!.params.global);
    const own = views.map(({ tables }) =>
      Object.keys(tables).filter((name) => !views.every((view) => name in view.tables)),
    );
    expect(new Set(own.flat()).size).toBe(own.flat().length);
  });
});

describe('addEntityTypes', () => {
  const before = jointModel(SCHEMA, ['member', 'job']);
  const after = jointModel(SCHEMA, ALL);

  it('changes no score, with any embedding of the new type, and lets training go on', () => {
    const first = scoreProgram(before.views.member!);
    const feeds = feedsOf(first);
    const trained = valuesOf(feeds, Object.keys(first.inputs));
    const values = addEntityTypes(trained, {
      ...{ model: after, algorithm: () => algorithm, seed: 3 },
    });
    const next = scoreProgram(after.views.member!);
    const own = Object.fromEntries(
      Object.entries(values).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float64Array.from(data) },
      ]),
    );
    const scored = run(next, { ...feedsOf(next), ...feeds, ...own });
    expect([...scored.logits!.data]).toEqual(
      [...run(first, { ...feeds, ...own }).logits!.data].map(
        (x) => expect.closeTo(x, 12) as number,
      ),
    );
    const train = trainProgram(after.views.company!, algorithm);
    const inputs = { ...feedsOf(train), ...feeds, ...own };
    const gradients = run(train, inputs);
    const gain = gradients['grad/global/in/company/gain']!.data;
    expect(gain.some((x) => x !== 0)).toBe(true);
  });

  it('gives the new type a finite prior', () => {
    const prior = bindDims(priorProgram(after.views.company!), { T: 3 });
    const { embedding } = run(prior, feedsOf(prior));
    expect([...embedding!.data].every(Number.isFinite)).toBe(true);
  });
});

function valuesOf(feeds: Feeds, names: readonly string[]): ParameterValues {
  const parameters = names.filter((name) => /^(meta|global|table)\//.test(name));
  return Object.fromEntries(
    parameters.map((name) => [
      name,
      {
        dtype: 'float32' as const,
        shape: feeds[name]!.shape,
        data: Float32Array.from(feeds[name]!.data),
      },
    ]),
  );
}

it('keeps a primary type that does not adapt to its profile', () => {
  const schemas = { member: SCHEMA, job: typed(SCHEMA, 'job') };
  const joint = { primary: 'member', schemas, adapting: ['job'] };
  const { views } = limamlModel().createJoint!(joint, {});
  expect(views.member!.inputs.outcomes).toEqual({});
});

it('says which type a form was given for in vain', () => {
  expect(() => jointModel(SCHEMA, ALL, { metas: { jbo: 'entity' } })).toThrow(
    /OPTION_INVALID.*metas.*member, job, company/s,
  );
  expect(() => jointModel(SCHEMA, ALL, { metas: { job: 'entty' } })).toThrow(/OPTION_INVALID/);
});

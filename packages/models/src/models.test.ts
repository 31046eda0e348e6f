import {
  adaptProgram,
  evaluateProgram,
  maml,
  priorProgram,
  scoreProgram,
  trainProgram,
} from '@limaml/core';
import { bindDims, type Value } from '@limaml/graph';
import type { FeatureSchema, ModelPlugin } from '@limaml/plugin';
import { describe, expect, it } from 'vitest';
import {
  countParameters,
  limamlModel,
  logisticMfModel,
  meLuModel,
  metaEmbModel,
  productionModel,
  wideAndDeepModel,
} from './index.js';
import { GLOBAL_FORMS, type GlobalForm, META_FORMS, type MetaForm } from './forms.js';
import {
  BARE_SCHEMA,
  FACTOR_SCHEMA,
  type Feeds,
  feedsOf,
  run,
  SCHEMA,
} from './small-schema.test-support.js';

const algorithm = maml({ innerSteps: 2, innerLearningRate: 0.3, supportShrinkage: 2 });

/** Sizes that keep the interpreter fast. */
const SMALL = { candidateDim: 4, featureDim: 3 };

const CASES: [string, ModelPlugin, Record<string, unknown>][] = [
  ...META_FORMS.map(metaCase),
  ...GLOBAL_FORMS.map(globalCase),
  ['film', limamlModel(), { ...SMALL, fusion: 'film' }],
  ['gate', limamlModel(), { ...SMALL, fusion: 'gate', global: 'wide-and-deep' }],
  ['limaml without a tower', limamlModel(), { tower: [] }],
  ['two towers without hidden layers', limamlModel(), { global: 'two-tower', tower: [] }],
  ['production', productionModel(), {}],
  ['wide & deep', wideAndDeepModel(), {}],
  ['MetaEmb', metaEmbModel(), {}],
  ['logistic MF, solved', logisticMfModel(), {}],
  ['logistic MF, adapted', logisticMfModel(), { foldInSteps: 0 }],
];

function metaCase(meta: MetaForm): [string, ModelPlugin, Record<string, unknown>] {
  const sizes = meta === 'id' ? SMALL : { ...SMALL, hidden: 6 };
  return [`limaml, meta: ${meta}`, limamlModel(), { ...sizes, meta }];
}

function globalCase(global: GlobalForm): [string, ModelPlugin, Record<string, unknown>] {
  return [`limaml, global: ${global}`, limamlModel(), { ...SMALL, hidden: 6, global }];
}

const MELU: (typeof CASES)[number] = ['MeLU', meLuModel(), { tower: [4], featureDim: 2 }];

const SCHEMAS: [string, FeatureSchema][] = [
  ['learned candidate vectors', SCHEMA],
  ['fitted factors', FACTOR_SCHEMA],
  ['ids alone', BARE_SCHEMA],
];

describe.each(SCHEMAS)('on %s', (_, schema) => {
  // MeLU reads content only: ids alone are nothing to it.
  describe.each(schema === BARE_SCHEMA ? CASES : [...CASES, MELU])(
    '%s',
    (_name, plugin, options) => {
      const model = plugin.create(schema, options);
      const evaluate = evaluateProgram(model, algorithm);
      const feeds = feedsOf(evaluate);

      it('scores from the stored embedding what the adapted network scores', () => {
        const adapted = run(adaptProgram(model, algorithm), feeds).embedding!;
        const score = scoreProgram(model);
        const query: Feeds = Object.fromEntries(
          Object.keys(score.inputs)
            .filter((name) => name.startsWith('row.'))
            .map((name) => [name, feeds[`query/${name}`]!]),
        );
        const scored = run(score, { ...feeds, ...query, embedding: adapted });
        const { logits, embedding } = run(evaluate, feeds);
        expect(adapted.shape).toEqual([3, model.embeddingDim]);
        expectClose(adapted, embedding!);
        expectClose(scored.logits!, logits!);
      });

      it('has a finite prior for an entity without support', () => {
        const prior = bindDims(priorProgram(model), { T: 3 });
        const { embedding } = run(prior, feedsOf(prior));
        expect(embedding!.shape).toEqual([3, model.embeddingDim]);
        expect([...embedding!.data].every(Number.isFinite)).toBe(true);
      });

      it('learns: a step against the gradient lowers the loss', () => {
        const program = trainProgram(model, algorithm);
        const before = feedsOf(program);
        const { loss, ...outputs } = run(program, before);
        const all = Object.values(outputs).flatMap(({ data }) => [...data]);
        const step = 1e-5 / Math.max(1, Math.hypot(...all));
        const moved = { ...before };
        for (const [name, gradient] of Object.entries(outputs)) {
          const input = name.slice('grad/'.length);
          const { shape, data } = before[input]!;
          moved[input] = {
            shape,
            data: Float64Array.from(data, (x, i) => x - step * gradient.data[i]!),
          };
        }
        expect(run(program, moved).loss!.data[0]).toBeLessThan(loss!.data[0]!);
      });
    },
  );
});

describe('the inner loop', () => {
  it.each(META_FORMS)('moves the %s form towards its labels', (meta) => {
    const model = limamlModel().create(SCHEMA, { meta });
    const feeds = feedsOf(evaluateProgram(model, algorithm));
    const none = run(adaptProgram(model, maml({ innerSteps: 0 })), feeds).embedding!;
    const some = run(adaptProgram(model, algorithm), feeds).embedding!;
    expect([...some.data]).not.toEqual([...none.data]);
  });
});

describe('options', () => {
  it('refuses one that does not exist and suggests the right one', () => {
    expect(() => limamlModel().create(SCHEMA, { hiden: 8 })).toThrow(
      /LIMAML_ERR_MODELS_OPTION_UNKNOWN.*Did you mean "hidden"/,
    );
  });

  it('refuses a value that makes no sense', () => {
    expect(() => limamlModel().create(SCHEMA, { dropout: 1 })).toThrow(
      /LIMAML_ERR_MODELS_OPTION_INVALID.*from 0 to below 1/,
    );
  });

  it('says which feature is missing', () => {
    const schema = {
      ...SCHEMA,
      features: SCHEMA.features.filter(({ role }) => !role?.endsWith('id')),
    };
    expect(() => limamlModel().create(schema)).toThrow(/FEATURE_MISSING.*a candidate id/);
    const known = { ...SCHEMA, features: SCHEMA.features.filter((f) => f.role !== 'entity-id') };
    expect(() => wideAndDeepModel().create(known)).toThrow(/FEATURE_MISSING.*an entity id/);
  });

  it('feeds large vocabularies row by row', () => {
    const { tables } = limamlModel().create(SCHEMA, { wholeTableLimit: 5 });
    expect(new Set(Object.values(tables).map(({ feed }) => feed))).toEqual(new Set(['rows']));
  });
});

it('counts what training moves', () => {
  const options = { meta: 'entity', tower: [], hidden: 4, candidateDim: 2, featureDim: 3 };
  const count = countParameters(limamlModel().create(SCHEMA, options));
  // Tower 4→4→3 with biases and the offset; linear 6→1 with bias and the rate; tables of 6 rows.
  expect(count).toEqual({ meta: 20 + 15 + 3, global: 7 + 1, tables: 6 * (2 + 3 + 3) });
});

function expectClose(actual: Value, expected: Value): void {
  for (const [i, value] of actual.data.entries()) expect(value).toBeCloseTo(expected.data[i]!, 10);
}

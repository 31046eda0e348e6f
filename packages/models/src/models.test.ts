import {
  adaptProgram,
  evaluateProgram,
  maml,
  priorProgram,
  scoreProgram,
  trainProgram,
} from '@limaml/core';
import { bindDims, type Value } from '@limaml/graph';
import type { FeatureSchema } from '@limaml/plugin';
import { describe, expect, it } from 'vitest';
import { META_FORMS } from './forms.js';
import { limamlModel } from './index.js';
import { BARE_SCHEMA, type Feeds, feedsOf, run, SCHEMA } from './small-schema.test-support.js';
import { createCase, GLOBAL_CASES, META_CASES } from './zoo.test-support.js';

const algorithm = maml({ innerSteps: 2, innerLearningRate: 0.3, supportShrinkage: 2 });

const CASES = [...META_CASES, ...GLOBAL_CASES];

const SCHEMAS: [string, FeatureSchema][] = [
  ['learned candidate vectors', SCHEMA],
  ['ids alone', BARE_SCHEMA],
];

// With fitted factors the suite of models runs, see conformance.test.ts.
describe.each(SCHEMAS)('on %s', (_, schema) => {
  describe.each(CASES.filter((each) => schema !== BARE_SCHEMA || !each.needsFeatures))(
    '$name',
    (each) => {
      const model = createCase(each, schema);
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
          if (!(input in before)) continue; // Nothing depends on it: its gradient is zero.
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

function expectClose(actual: Value, expected: Value): void {
  for (const [i, value] of actual.data.entries()) expect(value).toBeCloseTo(expected.data[i]!, 10);
}

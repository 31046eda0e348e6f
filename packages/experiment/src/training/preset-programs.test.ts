import { createOrtExecutor } from '@limaml/backend-ort';
import { maml, trainProgram, type Algorithm } from '@limaml/core';
import { bindDims, interpret, type Program, type TensorData, type TensorMap } from '@limaml/graph';
import type { FeatureSchema } from '@limaml/plugin';
import { describe, expect, it } from 'vitest';
import { algorithmPlugins } from '../algorithm-plugins.js';
import { testRegistry } from '../fixtures.test-support.js';

const ITEMS = 6;
const SIZES: Readonly<Record<string, number>> = { T: 3, S: 4, Q: 3, 'U.row.item': ITEMS };

const feature = { kind: 'dense', width: 1, size: 0, vocabulary: '' } as const;
const schema: FeatureSchema = {
  entity: 'member',
  metaFeatures: [],
  features: [
    {
      ...{ name: 'row.item', owner: 'row', kind: 'categorical', width: 0, size: ITEMS },
      ...{ vocabulary: 'row.item', role: 'candidate-id' },
    },
    { ...feature, name: 'row.like_rate', owner: 'row' },
    { ...feature, name: 'outcome.dwell', owner: 'outcome' },
  ],
};
const model = testRegistry().get('model', 'tiny').create(schema, { targetWeight: 0.5 });

/** Numbers for every input, the same in every run; the last row of each task is padding. */
function feedsOf({ inputs }: Program): TensorMap {
  const entries = Object.entries(inputs).map(([name, { shape, dtype }], port) => {
    const sizes = shape.map(Number);
    const length = sizes.reduce((product, size) => product * size, 1);
    const values = Array.from({ length }, (_, i) => valueAt(name, i, sizes, port));
    const data = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return [name, { dtype, shape: sizes, data } as TensorData] as const;
  });
  return Object.fromEntries(entries);
}

function valueAt(name: string, i: number, sizes: readonly number[], port: number): number {
  const wave = Math.sin(1 + port + 1.7 * i);
  if (name.endsWith('/mask')) return (i + 1) % (sizes[1] ?? 1) === 0 ? 0 : 1;
  if (name.endsWith('/label')) return wave > 0 ? 1 : 0;
  return name.endsWith('row.item') ? (7 * i + port) % ITEMS : wave;
}

const combined: Algorithm = maml({
  ...{ name: 'combined', innerSteps: 3, proximal: 0.3, innerClipNorm: 0.2, innerDropout: true },
  innerLearningRate: { initial: 0.2, per: 'parameter-step' },
  innerOptimiser: { kind: 'adam', beta1: 0.8, beta2: 0.9, epsilon: 0.05 },
  ...{ stepLoss: { anneal: 3 }, taskWeighting: 'uniform' },
});

const ALGORITHMS = [
  ...algorithmPlugins().map((plugin) =>
    plugin.create(plugin.name === 'meta-emb' ? { adapts: ['meta/bias'] } : {}),
  ),
  maml({ name: 'momentum', innerSteps: 3, innerOptimiser: { kind: 'momentum', beta: 0.6 } }),
  combined,
];

describe('the training step on ONNX Runtime', () => {
  it.each(ALGORITHMS)('has the loss and gradients of the interpreter: $name', async (algorithm) => {
    const program = bindDims(trainProgram(model, algorithm), SIZES);
    const feeds = feedsOf(program);
    const executor = await createOrtExecutor();
    const executable = await executor.compile(program, { name: algorithm.name });
    const actual = await executable.run(feeds);
    for (const [name, { data }] of Object.entries(interpret(program, feeds))) {
      const scale = Math.max(1e-2, ...data.map(Math.abs));
      data.forEach((value, at) => {
        expect(Math.abs(actual[name]!.data[at]! - value) / scale, name).toBeLessThan(1e-4);
      });
    }
    await executable.dispose();
    await executor.dispose();
  });
});

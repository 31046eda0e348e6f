import { limamlModel } from '@limaml/models';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectCandidates } from './collect-candidates.js';
import { exportBundle } from './export-bundle.js';
import { generateEmbeddings } from './generate-embeddings.js';
import { inspectBundle } from './inspect-bundle.js';
import { openBundle } from './open-bundle.js';
import { createScorer } from './scorer.js';
import {
  randomRun,
  serve,
  smallMarket,
  type Served,
  type SmallMarket,
} from './small-run.test-support.js';

let market: SmallMarket;
let served: Served;
let root: string;

beforeAll(async () => {
  market = await smallMarket();
  served = await serve(run(), market);
  root = await mkdtemp(join(tmpdir(), 'limaml-quantised-'));
});

afterAll(async () => {
  await served.close();
  await rm(root, { recursive: true });
});

const run = () => randomRun((schema) => limamlModel().create(schema), market);

describe('a bundle with a quantised score model', () => {
  it('says what that costs, is smaller, and scores nearly the same', async () => {
    const folder = join(root, 'quantised');
    const { executor, bundle } = served;
    const manifest = await exportBundle(run(), folder, {
      candidates: collectCandidates(market.log, 'member'),
      quantiseScore: { ...market, runtime: executor },
    });
    expect(manifest.fingerprint).not.toBe(bundle.manifest.fingerprint);
    const { products, loss } = manifest.quantisation!;
    expect(products).toBeGreaterThan(1);
    expect(loss!.rows).toBeGreaterThan(100);
    expect(loss!.logitDifference.mean).toBeGreaterThan(0);
    expect(loss!.logitDifference.max).toBeLessThan(0.1);
    expect(Math.abs(loss!.auc!.float32 - loss!.auc!.int8)).toBeLessThan(0.02);
    const quantised = await openBundle(folder, { runtime: executor });
    const scoresOf = async (used: typeof bundle) => {
      const scorer = await createScorer({ bundle: used, store: served.store });
      return scorer.score({ entity: 'stranger', candidates: ['job-1', 'job-2', 'job-3'] });
    };
    const [expected, found] = [await scoresOf(bundle), await scoresOf(quantised)];
    found.logits.forEach((logit, at) => {
      expect(Math.abs(logit - expected.logits[at]!)).toBeLessThan(0.1);
    });
    await quantised.dispose();
  });

  it('may be exported without measuring', async () => {
    const { quantisation } = await exportBundle(run(), join(root, 'unmeasured'), {
      quantiseScore: true,
    });
    expect(quantisation).toEqual({ score: 'int8', products: expect.any(Number) as number });
  });
});

describe('the dtype of embeddings', () => {
  it.each(['float16', 'int8'] as const)('%s is what generation keeps', async (dtype) => {
    const folder = join(root, dtype);
    await exportBundle(run(), folder, { embeddingDtype: dtype });
    const bundle = await openBundle(folder, { runtime: served.executor });
    const { version } = await generateEmbeddings({ ...market, bundle, store: served.store });
    expect(version).toMatchObject({ dtype, count: 25 });
    await bundle.dispose();
  });
});

describe('inspectBundle', () => {
  it('tells what is inside, model by model', async () => {
    const { manifest, bytes, models } = await inspectBundle(served.folder);
    expect(manifest).toEqual(served.bundle.manifest);
    expect(bytes).toBeGreaterThan(1000);
    expect(models.score.inputs).toEqual(served.bundle.score.inputs);
    expect(models.score).toMatchObject({ file: 'score.onnx', opset: 20 });
    expect(models.adapt.operators.MatMul).toBeGreaterThan(models.prior.operators.MatMul!);
    expect(models.score.parameters.bytes).toBeGreaterThan(100);
  });
});

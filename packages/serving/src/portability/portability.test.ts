import { limamlModel } from '@limaml/models';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFileNames } from '../manifest.js';
import { plainModel } from '../models.test-support.js';
import { randomRun, serve, smallMarket, type Served } from '../small-run.test-support.js';
import { browserRuntime } from './browser-runtime.test-support.js';
import {
  portableCase,
  type PlainTensors,
  type PortableCase,
} from './portable-case.test-support.js';
import { pythonRuntime } from './python-runtime.test-support.js';

const served: Served[] = [];
let cases: readonly PortableCase[];

beforeAll(async () => {
  const market = await smallMarket();
  const forms = [plainModel('history'), limamlModel().create.bind(limamlModel())];
  for (const form of forms) served.push(await serve(randomRun(form, market), market));
  cases = (await Promise.all(served.map(casesOf))).flat();
}, 60_000);

afterAll(async () => {
  for (const each of served) await each.close();
});

function casesOf({ bundle, folder }: Served): Promise<PortableCase[]> {
  const { entity, schema, model } = bundle.manifest;
  const names = bundleFileNames(entity);
  const kinds = ['adapt', 'prior', 'score'] as const;
  return Promise.all(
    kinds.map((kind) => {
      const file = join(folder, names[kind]);
      return portableCase(`${model.name}: ${kind}`, file, bundle[kind], schema);
    }),
  );
}

/** Whose sums are added in another order differ in their last digits. */
const TOLERANCE = 1e-5;

function expectSame(outputs: PlainTensors, expected: PortableCase): void {
  expect(Object.keys(outputs).sort(), expected.name).toEqual(Object.keys(expected.outputs).sort());
  for (const [name, { shape, data }] of Object.entries(expected.outputs)) {
    expect(outputs[name]!.shape, expected.name).toEqual(shape);
    const distances = data.map((value, at) => Math.abs(value - outputs[name]!.data[at]!));
    const scale = Math.max(1, ...data.map(Math.abs));
    expect(Math.max(...distances) / scale, `${expected.name}: ${name}`).toBeLessThan(TOLERANCE);
  }
}

describe('the files of a bundle give the same numbers', () => {
  describe.each([
    ['in Python', pythonRuntime, 'no Python has onnxruntime here'],
    ['in a browser', browserRuntime, 'there is no Chromium here'],
  ] as const)('%s', (_, runtime, absent) => {
    const title = `as onnxruntime-node${runtime ? '' : ` (skipped: ${absent})`}`;
    it.skipIf(!runtime)(title, { timeout: 120_000 }, async () => {
      const outputs = await runtime!(cases);
      expect(outputs).toHaveLength(cases.length);
      outputs.forEach((each, at) => {
        expectSame(each, cases[at]!);
      });
    });
  });
});

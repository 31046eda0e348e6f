import { describeAlgorithm, maml } from '@limaml/core';
import { defineExperiment, openRun } from '@limaml/experiment';
import { limamlModel } from '@limaml/models';
import { createRegistry } from '@limaml/plugin';
import fc from 'fast-check';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { writeRun } from '../../packages/experiment/src/run/run-folder.ts';
import { cases, PATIENCE } from './budget.ts';
import { damage, edits } from './damage.ts';
import { damageJson, deepJson, jsonEdits } from './damage-json.ts';
import { outcomes } from './outcomes.ts';
import { smallRun } from './small-run.ts';

const registry = createRegistry().use(limamlModel());
const files = new Map<string, Uint8Array>();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limaml-fuzz-'));
  const { encoders, params } = await smallRun();
  const spec = defineExperiment({
    ...{ name: 'fuzz', dataset: 'marketplace', entity: 'member' },
    models: [{ name: 'LiMAML', model: 'limaml' }],
  });
  const model = limamlModel().create(encoders.schema);
  await writeRun(folder, {
    ...{ spec, entry: spec.models[0]!, seed: 1, fingerprint: 'abc', encoders, values: params },
    data: 'abc',
    algorithm: describeAlgorithm(maml({ innerSteps: 1 }), model),
    limits: { maxSupport: 16, maxQuery: 8 },
  });
  for (const name of await readdir(folder)) files.set(name, await readFile(join(folder, name)));
}, PATIENCE);

afterAll(() => rm(folder, { recursive: true }));

/** Opens the run with one file replaced, and puts it back. */
async function openWith(name: string, bytes: Uint8Array): Promise<void> {
  await writeFile(join(folder, name), bytes);
  try {
    await openRun(folder, registry);
  } finally {
    await writeFile(join(folder, name), files.get(name)!);
  }
}

it('run folders with damaged bytes are opened or refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  const names = fc.constantFrom(...files.keys());
  const property = fc.asyncProperty(names, edits, async (name, changes) => {
    await seen.try(() => openWith(name, damage(files.get(name)!, changes)));
  });
  await fc.assert(property, cases(100));
  seen.expectRefusals();
});

it('run folders with damaged documents are opened or refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  const names = fc.constantFrom(...[...files.keys()].filter((name) => name.endsWith('.json')));
  const property = fc.asyncProperty(names, jsonEdits, async (name, changes) => {
    const original: unknown = JSON.parse(Buffer.from(files.get(name)!).toString());
    const text = JSON.stringify(damageJson(original, changes));
    await seen.try(() => openWith(name, Buffer.from(text)));
  });
  await fc.assert(property, cases(80));
  seen.expectBoth();
});

it('run folders with documents nested without end are refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  const documents = [...files].filter(([name]) => name.endsWith('.json'));
  for (const [name, bytes] of documents) {
    const inside = Buffer.from(bytes)
      .toString()
      .replace(/"options": *\{\}/, `"options":${deepJson()}`);
    for (const text of [deepJson(), `{"version":1,"x":${deepJson()}}`, inside])
      await seen.try(() => openWith(name, Buffer.from(text)));
  }
  seen.expectRefusals();
});

import { createOrtExecutor, type OrtExecutor } from '@limaml/backend-ort';
import { readOnnx } from '@limaml/onnx';
import { openBundle } from '@limaml/serving';
import fc from 'fast-check';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listFiles } from '../../packages/serving/src/bundle-folder.ts';
import { bundleFingerprint, type BundleManifest } from '../../packages/serving/src/manifest.ts';
import { cases, PATIENCE } from './budget.ts';
import { damage, edits } from './damage.ts';
import { damageJson, deepJson, jsonEdits } from './damage-json.ts';
import { outcomes } from './outcomes.ts';
import { smallBundle } from './small-run.ts';

let root: string;
let folder: string;
let whole: string;
let manifest: BundleManifest;
let runtime: OrtExecutor;
const contents = new Map<string, Uint8Array>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'limaml-fuzz-'));
  whole = join(root, 'whole');
  folder = join(root, 'bundle');
  await smallBundle(whole);
  await cp(whole, folder, { recursive: true });
  manifest = JSON.parse(await readFile(join(whole, 'manifest.json'), 'utf8')) as BundleManifest;
  for (const { name } of manifest.files) contents.set(name, await readFile(join(whole, name)));
  runtime = await createOrtExecutor();
}, PATIENCE);

afterAll(async () => {
  await runtime.dispose();
  await rm(root, { recursive: true });
});

const open = async (): Promise<void> => {
  const bundle = await openBundle(folder, { runtime });
  await bundle.dispose();
};

const writeManifest = (value: unknown): Promise<void> =>
  writeFile(join(folder, 'manifest.json'), JSON.stringify(value));

/** Makes the manifest say what is in the folder: what a hostile exporter would do. */
async function replace(name: string, bytes: Uint8Array): Promise<void> {
  await writeFile(join(folder, name), bytes);
  const [entry] = listFiles(new Map([[name, bytes]]));
  const files = manifest.files.map((file) => (file.name === name ? entry! : file));
  const changed = { ...manifest, files };
  await writeManifest({ ...changed, fingerprint: bundleFingerprint(changed) });
}

async function restore(name: string): Promise<void> {
  await rm(join(folder, name), { recursive: true, force: true });
  await cp(join(whole, name), join(folder, name));
  await cp(join(whole, 'manifest.json'), join(folder, 'manifest.json'));
}

describe('bundles', () => {
  it('with damaged bytes are refused', { timeout: PATIENCE }, async () => {
    const seen = outcomes();
    const names = fc.constantFrom('manifest.json', ...contents.keys());
    const property = fc.asyncProperty(names, edits, async (name, changes) => {
      const original = await readFile(join(whole, name));
      await writeFile(join(folder, name), damage(original, changes));
      await seen.try(open);
      await restore(name);
    });
    await fc.assert(property, cases(80));
    seen.expectRefusals();
  });

  it('with a damaged manifest are refused', { timeout: PATIENCE }, async () => {
    const seen = outcomes();
    const property = fc.asyncProperty(jsonEdits, fc.boolean(), async (changes, sealed) => {
      const changed = damageJson(manifest, changes) as BundleManifest;
      await writeManifest(sealed ? seal(changed) : changed);
      await seen.try(open);
    });
    await fc.assert(property, cases(150));
    await restore('score.onnx');
    seen.expectRefusals();
  });

  it.each(['encoders.json', 'candidates.json'])(
    'with a damaged %s that the manifest vouches for are opened or refused',
    { timeout: PATIENCE },
    async (name) => {
      const seen = outcomes();
      const original: unknown = JSON.parse(Buffer.from(contents.get(name)!).toString());
      const property = fc.asyncProperty(jsonEdits, async (changes) => {
        const text = JSON.stringify(damageJson(original, changes)) as string | undefined;
        await replace(name, Buffer.from(text ?? ''));
        await seen.try(open);
      });
      await fc.assert(property, cases(60));
      await restore(name);
      seen.expectRefusals();
    },
  );

  it(
    'with damaged tensors or models that the manifest vouches for are opened or refused',
    {
      timeout: PATIENCE,
    },
    async () => {
      const seen = outcomes();
      const names = fc.constantFrom(
        ...[...contents.keys()].filter((name) => !name.endsWith('.json')),
      );
      const property = fc.asyncProperty(names, edits, async (name, changes) => {
        await replace(name, damage(contents.get(name)!, changes));
        await seen.try(open);
        await restore(name);
      });
      await fc.assert(property, cases(80));
      seen.expectRefusals();
    },
  );

  it('with documents nested without end are refused', { timeout: PATIENCE }, async () => {
    const seen = outcomes();
    const inside = JSON.stringify(manifest).replace(
      '"options":{}',
      `"options":{"x":${deepJson()}}`,
    );
    await writeFile(join(folder, 'manifest.json'), inside);
    expect(await seen.try(open)).toBe(false);
    await restore('score.onnx');
    for (const name of ['encoders.json', 'candidates.json']) {
      for (const text of [deepJson(), `{"version":1,"fields":${deepJson()}}`]) {
        await replace(name, Buffer.from(text));
        expect(await seen.try(open)).toBe(false);
      }
      await restore(name);
    }
  });

  it('with links, folders and devices in the place of files are refused', async () => {
    for (const name of ['score.onnx', 'encoders.json']) {
      for (const target of [join(whole, name), '/dev/zero', root, folder, '/nowhere']) {
        await rm(join(folder, name), { recursive: true });
        await symlink(target, join(folder, name));
        const seen = outcomes();
        expect(await seen.try(open), target).toBe(false);
        await restore(name);
      }
    }
  });
});

/** A fingerprint that fits whatever the manifest says, where one can be made. */
function seal(changed: BundleManifest): unknown {
  if (typeof changed !== 'object' || (changed as unknown) === null) return changed;
  return { ...changed, fingerprint: bundleFingerprint(changed) };
}

it('models with damaged bytes are read or refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  const models = [...contents].filter(([name]) => name.endsWith('.onnx'));
  const property = fc.asyncProperty(
    fc.constantFrom(...models),
    edits,
    async ([, bytes], changes) => {
      await seen.try(() => readOnnx(damage(bytes, changes)));
    },
  );
  await fc.assert(property, cases(500));
  seen.expectBoth();
});

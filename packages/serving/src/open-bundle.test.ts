import { encodeTensors } from '@limaml/core';
import { spec, trace } from '@limaml/graph';
import { toOnnx } from '@limaml/onnx';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listFiles } from './bundle-folder.js';
import type { BundleSource } from './bundle-source.js';
import { codeOf } from './code-of.test-support.js';
import { exportBundle } from './export-bundle.js';
import { bundleFingerprint, type BundleManifest } from './manifest.js';
import { plainModel } from './models.test-support.js';
import { openBundle, type Bundle } from './open-bundle.js';
import { randomRun, serve, smallMarket, type Served } from './small-run.test-support.js';

let run: BundleSource;
let served: Served;
let root: string;
let folder: string;

beforeAll(async () => {
  const market = await smallMarket();
  run = randomRun(plainModel('history'), market);
  served = await serve(run, market);
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'limaml-open-'));
  folder = join(root, 'bundle');
  await cp(served.folder, folder, { recursive: true });
});

afterEach(() => rm(root, { recursive: true }));
afterAll(() => served.close());

const open = (): Promise<Bundle> => openBundle(folder, { runtime: served.executor });

/** Replaces a file and makes the manifest fit: what a mistaken or hostile exporter would leave. */
async function replace(name: string, bytes: Uint8Array): Promise<void> {
  await writeFile(join(folder, name), bytes);
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as BundleManifest;
  const [entry] = listFiles(new Map([[name, bytes]]));
  const files = manifest.files.map((file) => (file.name === name ? entry! : file));
  const changed = { ...manifest, files };
  await writeFile(path, JSON.stringify({ ...changed, fingerprint: bundleFingerprint(changed) }));
}

/** Protobuf: what is appended to a message is merged into it. */
function field(number: number, content: string | Buffer | number): Buffer {
  if (typeof content === 'number') return Buffer.from([number << 3, content]);
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

/** A constant of the graph (field 7) whose numbers lie in another file. */
function hostileTensor(): Buffer {
  const location = Buffer.concat([field(1, 'location'), field(2, '/etc/passwd')]);
  const tensor = [field(1, 1), field(2, 1), field(8, 'w'), field(13, location), field(14, 1)];
  return field(7, field(5, Buffer.concat(tensor)));
}

/** A node of an operator that runs for as long as it likes. */
function hostileNode(): Buffer {
  return field(7, field(1, Buffer.concat([field(2, 'forever'), field(4, 'Loop')])));
}

describe('exportBundle', () => {
  it('gives one fingerprint for one run, and names what is inside', async () => {
    const manifest = await exportBundle(run, join(root, 'again'));
    const again = await exportBundle(run, join(root, 'once-more'), { createdBy: 'somebody else' });
    expect(again.fingerprint).toBe(manifest.fingerprint);
    expect(manifest).toMatchObject({
      format: 2,
      entity: 'member',
      entityTypes: ['member', 'job', 'company'],
      embedding: { dim: 4, dtype: 'float32' },
      model: {
        name: 'plain-history',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      algorithm: { innerSteps: 2 },
      support: { maxSize: 16 },
      candidates: 0,
    });
    expect(served.bundle.manifest.fingerprint).not.toBe(manifest.fingerprint);
  });

  it('says which parameter a run lacks', async () => {
    const params = Object.fromEntries(
      Object.entries(run.params).filter(([name]) => name !== 'table/job'),
    );
    const failed = exportBundle({ ...run, params }, join(root, 'no-table'));
    expect(await codeOf(failed)).toBe('LIMAML_ERR_SERVING_PARAM_MISSING');
  });

  it('refuses entity types that are no file names', async () => {
    const schema = { ...run.schema, entity: '../etc' };
    expect(await codeOf(exportBundle({ ...run, schema }, join(root, 'x')))).toBe(
      'LIMAML_ERR_SERVING_ENTITY_NAME',
    );
  });
});

describe('openBundle', () => {
  it('opens what was exported', async () => {
    const bundle = await open();
    expect(bundle.manifest).toEqual(served.bundle.manifest);
    expect(bundle.candidates.ids).toHaveLength(30);
    expect(Object.keys(bundle.candidates.columns).sort()).toEqual([
      'row.job',
      'row.like_rate',
      'row.salary',
    ]);
    expect(Object.keys(bundle.prior.inputs)).toEqual(['entity.experience']);
    await bundle.dispose();
  });

  it('refuses a model that is none', async () => {
    await replace('score.onnx', Buffer.from('not a model'));
    expect(await codeOf(open())).toMatch(/^LIMAML_ERR_ONNX_/);
  });

  it('refuses a model that would read other files, or has operators of somebody else', async () => {
    const good = await readFile(join(folder, 'prior.member.onnx'));
    // The attribute, tensor and node fields are spliced in as protobuf: field, wire type, length.
    for (const graph of [hostileTensor(), hostileNode()]) {
      await replace('prior.member.onnx', Buffer.concat([good, graph]));
      expect(await codeOf(open())).toBe('LIMAML_ERR_SERVING_MODEL_CONTENTS');
    }
  });

  it('refuses models with other inputs or outputs than the manifest says', async () => {
    const program = (name: string, width: number, output: string): Uint8Array =>
      toOnnx(trace({ [name]: spec(['T', width]) }, (inputs) => ({ [output]: inputs[name]! })));
    for (const [name, width, output] of [
      ['surprise', 4, 'embedding'],
      ['entity.experience', 4, 'embedding'],
      ['entity.experience', 1, 'embedding'],
      ['entity.experience', 1, 'vector'],
    ] as const) {
      await replace('prior.member.onnx', program(name, width, output));
      expect(await codeOf(open())).toBe('LIMAML_ERR_SERVING_MODEL_PORTS');
    }
  });

  it('refuses encoders that are no JSON, no encoders, or for other features', async () => {
    await replace('encoders.json', Buffer.from('{'));
    expect(await codeOf(open())).toBe('LIMAML_ERR_SERVING_ENCODERS_INVALID');
    await replace('encoders.json', Buffer.from('{}'));
    expect(await codeOf(open())).toMatch(/^LIMAML_ERR_DATA_ENCODERS_/);
    const state = run.encoders as { outcomes: unknown[] };
    await replace('encoders.json', Buffer.from(JSON.stringify({ ...state, outcomes: [] })));
    expect(await codeOf(open())).toBe('LIMAML_ERR_SERVING_SCHEMA_MISMATCH');
  });

  it('refuses candidate tables that do not fit', async () => {
    const ids = served.bundle.candidates.ids;
    const salary = { dtype: 'float32', shape: [30, 1], data: new Float32Array(30) } as const;
    const job = { dtype: 'int32', shape: [30, 1], data: new Int32Array(30).fill(1000) } as const;
    const code = 'LIMAML_ERR_SERVING_CANDIDATES_INVALID';
    for (const tensors of [
      { 'row.job': job },
      { 'row.unknown': salary },
      { 'row.salary': { ...salary, shape: [15, 2] } },
      { 'row.salary': { ...salary, data: salary.data.map(() => NaN) } },
    ]) {
      await replace('candidates.safetensors', encodeTensors(tensors));
      expect(await codeOf(open())).toBe(code);
    }
    for (const text of ['[', '{}', '[1]', JSON.stringify([...ids.slice(1), ids[1]])]) {
      await replace('candidates.json', Buffer.from(text));
      expect(await codeOf(open())).toBe(code);
    }
  });
});

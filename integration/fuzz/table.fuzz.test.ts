import { marketplaceSpec, tableDataset, writeMarketplace, type TableSpec } from '@limaml/data';
import fc from 'fast-check';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, it } from 'vitest';
import { cases, PATIENCE } from './budget.ts';
import { damage, edits } from './damage.ts';
import { damageJson, jsonEdits } from './damage-json.ts';
import { outcomes } from './outcomes.ts';

const CLICKS = `member,job,time,clicked,device,dwell
u1,j1,100,1,phone,3.5
u1,j2,200,0,,
u2,j9,300,true,"lap""top, new",0
`;
const JOBS = `id,salary,skills,city
j1,50,a|b,Rome
j2,,,
j3,70,b,Rome
`;
const LINES = [100, 200, 300, 400, 500, 600].map((time) => {
  return { member: 'u1', job: 'j1', time, clicked: 1, device: 'phone', dwell: 3.5 };
});

const SPEC: TableSpec = {
  name: 'clicks',
  interactions: { file: 'clicks.csv' },
  entities: {
    member: { column: 'member' },
    job: {
      ...{ column: 'job', table: { file: 'jobs.csv', key: 'id' } },
      features: [
        { name: 'salary', kind: 'dense' },
        { name: 'skills', kind: 'multi' },
        { name: 'city', kind: 'categorical' },
      ],
    },
  },
  candidate: 'job',
  timestamp: { column: 'time', unit: 'seconds' },
  label: 'clicked',
  context: [{ name: 'device', kind: 'categorical' }],
  outcomes: [{ name: 'dwell', kind: 'dense' }],
  maxMalformedShare: 0.5,
};

/** Files by name, each readable as the interactions or the side table of the spec. */
const FILES: Readonly<Record<string, Uint8Array>> = {
  'clicks.csv': Buffer.from(CLICKS),
  'clicks.csv.gz': gzipSync(CLICKS),
  'clicks.jsonl': Buffer.from(LINES.map((line) => JSON.stringify(line)).join('\n')),
  'jobs.csv': Buffer.from(JOBS),
};

let folder: string;
let market: TableSpec;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limaml-fuzz-'));
  for (const [name, bytes] of Object.entries(FILES)) await writeFile(join(folder, name), bytes);
  await writeMarketplace(folder, { members: 20, jobs: 10, impressionsPerMember: 5 });
  market = await marketplaceSpec(folder);
}, PATIENCE);

afterAll(() => rm(folder, { recursive: true }));

/** Loads a dataset whole and in parts, with one file replaced, and puts the file back. */
async function loadWith(spec: TableSpec, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(folder, name);
  const original = await readFile(path);
  await writeFile(path, bytes);
  const dataset = tableDataset(spec);
  try {
    await dataset.load({ path: folder });
    const parts = await dataset.openParts?.({ path: folder }, { entity: 'member', newest: 4 });
    await parts?.close();
  } finally {
    await writeFile(path, original);
  }
}

function reading(name: string): TableSpec {
  return name.startsWith('jobs') ? SPEC : { ...SPEC, interactions: { file: name } };
}

it('tables with damaged bytes are read or refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  const names = fc.constantFrom(...Object.keys(FILES));
  const property = fc.asyncProperty(names, edits, async (name, changes) => {
    await seen.try(() => loadWith(reading(name), name, damage(FILES[name]!, changes)));
  });
  await fc.assert(property, cases(30));
  seen.expectBoth();
});

it('Parquet files with damaged bytes are read or refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  const name = market.interactions.file;
  const original = await readFile(join(folder, name));
  const property = fc.asyncProperty(edits, async (changes) => {
    await seen.try(() => loadWith(market, name, damage(original, changes)));
  });
  await fc.assert(property, cases(30));
  seen.expectRefusals();
});

it('damaged lines of JSON are read or refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  const property = fc.asyncProperty(jsonEdits, async (changes) => {
    const lines = damageJson(LINES, changes);
    const text = (Array.isArray(lines) ? lines : [lines]).map((line) => JSON.stringify(line));
    await seen.try(() =>
      loadWith(reading('clicks.jsonl'), 'clicks.jsonl', Buffer.from(text.join('\n'))),
    );
  });
  await fc.assert(property, cases(30));
  seen.expectBoth();
});

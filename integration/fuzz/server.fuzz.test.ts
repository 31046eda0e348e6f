import { LimamlError } from '@limaml/errors';
import { createServer, type Server } from '@limaml/server';
import { Field, List, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { cases, PATIENCE } from './budget.ts';
import { damage, edits } from './damage.ts';
import { damageJson, deepJson, jsonEdits } from './damage-json.ts';
import { outcomes, type Outcomes } from './outcomes.ts';
import { smallBundle } from './small-run.ts';

const FEATURES = {
  ...{ job: 'job-2', field: 'data', level: 'mid', location: 'berlin', remote: 'remote' },
  ...{ skills: ['python', 'sql'], salary: 61.5, company: 'company-1' },
};
const REQUEST = {
  entity: 'member-1',
  candidates: ['job-1', 'job-2', FEATURES],
  profile: { field: 'data', level: 'mid', experience: 3, skills: ['python'] },
  context: { device: 'phone' },
};
const PAST = { candidate: 'job-3', label: 1, outcome: { dwell: 45 } };
const EVENT = { ...PAST, id: 'e1', entity: 'member-2', time: 1_700_000_000_000 };

/** A body that each route takes. */
const BODIES: Readonly<Record<string, unknown>> = {
  '/v1/score': { requests: [REQUEST, { entity: 'nobody', candidates: ['job-1'] }] },
  '/v1/rank': { ...REQUEST, k: 2 },
  '/v1/adapt': { ...REQUEST, events: [PAST, { ...PAST, candidate: FEATURES, label: 0 }] },
  '/v1/events': { events: [EVENT, { ...EVENT, id: 'e2', profile: REQUEST.profile }] },
  '/v1/bundles/bundle/activate': { share: 1, shadow: false },
};

const JSON_TYPE = 'application/json';
const ARROW_TYPE = 'application/vnd.apache.arrow.stream';

let root: string;
let server: Server;
let address: string;
let seen: Outcomes;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'limaml-fuzz-'));
  await smallBundle(join(root, 'bundles', 'bundle'));
  server = await createServer({
    bundles: join(root, 'bundles'),
    store: join(root, 'store'),
    events: { location: join(root, 'events') },
    ...{ port: 0, logLevel: 'silent' },
  });
  address = await server.listen();
}, PATIENCE);

afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

beforeEach(() => {
  seen = outcomes();
});

// Whatever came before: the server still answers.
afterEach(async () => {
  for (const [path, body] of Object.entries(BODIES))
    await post(path, JSON_TYPE, Buffer.from(JSON.stringify(body)));
  await post('/v1/score', ARROW_TYPE, arrowBody());
});

interface ErrorAnswer {
  readonly error: { readonly code: LimamlError['code'] };
}

/** @throws LimamlError for a refusal, Error for a failure of the server or an answer that does not come */
async function post(path: string, type: string, body: Uint8Array): Promise<void> {
  const response = await fetch(address + path, {
    method: 'POST',
    headers: { 'content-type': type },
    body: Uint8Array.from(body),
    signal: AbortSignal.timeout(15_000),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  if (response.ok) return;
  const text = `${path} answered ${response.status}: ${answer.toString().slice(0, 300)}`;
  if (response.status >= 500) throw new Error(text);
  const { error } = JSON.parse(answer.toString()) as ErrorAnswer;
  expect(error.code, text).toMatch(/^LIMAML_ERR_/);
  throw new LimamlError({ code: error.code, what: text });
}

function arrowBody(): Uint8Array {
  const candidates = [['job-1', 'job-2'], ['job-3']];
  const table = new Table({
    entity: vectorFromArray(['member-1', 'nobody'], new Utf8()),
    candidates: vectorFromArray(candidates, new List(new Field('item', new Utf8()))),
  });
  return tableToIPC(table, 'stream');
}

it.each(Object.entries(BODIES))(
  'POST %s answers or refuses damaged documents',
  { timeout: PATIENCE },
  async (path, body) => {
    const property = fc.asyncProperty(jsonEdits, async (changes) => {
      const text = JSON.stringify(damageJson(body, changes));
      await seen.try(() => post(path, JSON_TYPE, Buffer.from(text)));
    });
    await fc.assert(property, cases(60));
    seen.expectBoth();
  },
);

it.each(Object.entries(BODIES))(
  'POST %s answers or refuses damaged bytes',
  { timeout: PATIENCE },
  async (path, body) => {
    const original = Buffer.from(JSON.stringify(body));
    const property = fc.asyncProperty(edits, async (changes) => {
      await seen.try(() => post(path, JSON_TYPE, damage(original, changes)));
    });
    await fc.assert(property, cases(25));
    seen.expectRefusals();
  },
);

it.each(Object.entries(BODIES))(
  'POST %s refuses documents nested without end',
  { timeout: PATIENCE },
  async (path, body) => {
    const text = JSON.stringify(body);
    const inside = text.replace(/:("job-1"|\[|1)/, `:${deepJson()}`);
    for (const deep of [deepJson(), `{"requests":${deepJson()}}`, inside])
      expect(await seen.try(() => post(path, JSON_TYPE, Buffer.from(deep)))).toBe(false);
  },
);

it('POST /v1/score answers or refuses damaged Arrow streams', { timeout: PATIENCE }, async () => {
  const original = arrowBody();
  const property = fc.asyncProperty(edits, async (changes) => {
    await seen.try(() => post('/v1/score', ARROW_TYPE, damage(original, changes)));
  });
  await fc.assert(property, cases(100));
  seen.expectBoth();
});

it('addresses and media types that there are not are refused', { timeout: PATIENCE }, async () => {
  const paths = fc.oneof(fc.constantFrom(...Object.keys(BODIES)), fc.webPath());
  const types = fc.oneof(
    fc.constantFrom(JSON_TYPE, ARROW_TYPE, 'text/plain', 'multipart/form-data', 'application/xml'),
    fc.stringMatching(/^[!-~]{1,40}$/),
  );
  const property = fc.asyncProperty(paths, types, fc.uint8Array(), async (path, type, body) => {
    await seen.try(() => post(path, type, body));
  });
  await fc.assert(property, cases(40));
  seen.expectRefusals();
});

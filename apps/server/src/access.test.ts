import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from './create-server.js';
import { readOptions } from './read-options.js';
import {
  createFixture,
  metricOf,
  startServer,
  type ErrorAnswer,
  type Fixture,
  type RunningServer,
} from './server.test-support.js';
import type { ServerOptions } from './options.js';
import type { Scope } from './scopes.js';

let fixture: Fixture;
let base: Pick<ServerOptions, 'bundle' | 'store'>;

beforeAll(async () => {
  fixture = await createFixture();
  base = { bundle: fixture.path('bundles/one'), store: fixture.path('stores/one') };
}, 60_000);
afterAll(() => fixture.remove());

const requests = [{ entity: 'member-1', candidates: ['job-1'] }];

function grant(name: string, token: string, ...scopes: readonly Scope[]) {
  return { name, sha256: createHash('sha256').update(token).digest('hex'), scopes };
}

async function withServer(
  options: Partial<ServerOptions>,
  work: (running: RunningServer) => Promise<void>,
): Promise<void> {
  const running = await startServer({ ...base, ...options });
  try {
    await work(running);
  } finally {
    await running.server.close();
  }
}

const ROUTES = [
  { scope: 'score', method: 'POST', path: '/v1/score', body: { requests } },
  { scope: 'score', method: 'POST', path: '/v1/rank', body: { ...requests[0], k: 1 } },
  { scope: 'score', method: 'POST', path: '/v1/adapt', body: { entity: 'a', events: [] } },
  { scope: 'score', method: 'GET', path: '/v1/entities/member/member-1', body: undefined },
  { scope: 'events', method: 'POST', path: '/v1/events', body: { events: [] } },
  { scope: 'admin', method: 'GET', path: '/v1/bundles', body: undefined },
  { scope: 'admin', method: 'POST', path: '/v1/bundles/one/activate', body: undefined },
  { scope: 'admin', method: 'POST', path: '/v1/bundles/one/rollback', body: undefined },
  { scope: 'admin', method: 'DELETE', path: '/v1/entities/member/member-1', body: undefined },
] as const;

describe('bearer tokens', () => {
  it('open the routes of their scopes and no others', async () => {
    const scopes = ['score', 'events', 'admin'] as const;
    const tokens = scopes.map((scope) => grant(`the-${scope}`, `secret-${scope}`, scope));
    await withServer({ access: { tokens } }, async ({ ask }) => {
      for (const { scope, method, path, body } of ROUTES) {
        expect((await ask(method, path, body)).status, path).toBe(401);
        for (const held of scopes.filter((one) => one !== scope)) {
          const headers = { authorization: `Bearer secret-${held}` };
          expect((await ask(method, path, body, headers)).status, `${held} ${path}`).toBe(403);
        }
      }
      const headers = { authorization: 'Bearer secret-score' };
      for (const { scope, method, path, body } of ROUTES)
        if (scope === 'score') expect((await ask(method, path, body, headers)).status).toBe(200);
    });
  });

  it('are asked for before the body is read, and health needs none', async () => {
    await withServer({ access: { tokens: [grant('a', 'secret', 'score')] } }, async ({ ask }) => {
      const strangers = [
        '',
        'Bearer',
        'Bearer wrong',
        'Basic secret',
        `Bearer ${'x'.repeat(5000)}`,
      ];
      for (const authorization of strangers) {
        const { status, headers } = await ask('POST', '/v1/score', '{', { authorization });
        expect(status).toBe(401);
        expect(headers.get('www-authenticate')).toBe('Bearer');
      }
      for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json'])
        expect((await ask('GET', path)).status).toBe(200);
    });
  });
});

describe('the rate of a caller', () => {
  it('is limited with 429 and Retry-After, each caller for itself', async () => {
    const tokens = [grant('a', 'secret-a', 'score'), grant('b', 'secret-b', 'score')];
    const rate = { perSecond: 0.5, burst: 3 };
    await withServer({ access: { tokens }, rate }, async ({ ask }) => {
      const call = (token: string) =>
        ask<ErrorAnswer>('POST', '/v1/score', { requests }, { authorization: `Bearer ${token}` });
      const answers = [];
      for (let at = 0; at < 5; at++) answers.push(await call('secret-a'));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
      expect(Number(answers[4]!.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answers[4]!.body.error.code).toBe('LIMAML_ERR_SERVER_RATE_EXCEEDED');
      expect((await call('secret-b')).status).toBe(200);
      const { body } = await ask<string>('GET', '/metrics');
      expect(metricOf(body, 'limaml_refused_total', 'reason="rate"')).toBe(2);
    });
  });
});

describe('the address', () => {
  it('is of this machine alone, unless callers prove who they are or it is meant', async () => {
    const refused = /LIMAML_ERR_SERVER_BIND_REFUSED/;
    for (const host of ['0.0.0.0', '::', '192.168.1.7'])
      await expect(createServer({ ...base, host })).rejects.toThrow(refused);
    for (const more of [{ open: true }, { access: { tokens: [grant('a', 's', 'score')] } }])
      await withServer({ host: '0.0.0.0', ...more }, async ({ url }) => {
        expect(url).toMatch(/^http:/);
      });
  });
});

const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

describe('client certificates (skipped where there is no openssl)', () => {
  const certify = (name: string, ...more: readonly string[]) => {
    const files = ['-keyout', fixture.path(`${name}.key`), '-out', fixture.path(`${name}.pem`)];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync(
      'openssl',
      ['req', '-x509', ...key, ...files, '-days', '2', '-subj', `/CN=${name}`, ...more],
      { stdio: 'ignore' },
    );
  };

  function status(url: string, client?: string): Promise<number | string> {
    const pem = (name: string) => readFileSync(fixture.path(name));
    const own = client && { cert: pem(`${client}.pem`), key: pem(`${client}.key`) };
    return new Promise((resolve) => {
      const options = { method: 'GET', ca: pem('server.pem'), servername: 'server', ...own };
      const sent = request(new URL('/v1/entities/member/member-1', url), options, (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? 'error');
      });
      sent.end();
    });
  }

  it.skipIf(!HAS_OPENSSL)(
    'say who calls: known ones pass, strangers get no connection',
    async () => {
      certify('server', '-addext', 'subjectAltName=DNS:server');
      certify('friend');
      certify('stranger');
      const show = ['x509', '-in', fixture.path('friend.pem'), '-noout', '-fingerprint', '-sha256'];
      const fingerprint = execFileSync('openssl', show).toString().split('=')[1]!.trim();
      const tls = {
        ...{ cert: fixture.path('server.pem'), key: fixture.path('server.key') },
        clientCa: fixture.path('friend.pem'),
      };
      const certificates = [{ name: 'friend', fingerprint, scopes: ['score'] as const }];
      await withServer({ tls, access: { certificates } }, async ({ url }) => {
        expect(url).toMatch(/^https:/);
        expect(await status(url, 'friend')).toBe(200);
        expect(await status(url, 'stranger')).toBeTypeOf('string');
        expect(await status(url)).toBeTypeOf('string');
      });
    },
  );
});

describe('a configuration file', () => {
  const write = async (content: unknown) => {
    const file = fixture.path('server.json');
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };

  it('holds the options, and the command line counts more', async () => {
    const config = await write({
      ...{ ...base, port: 1, limits: { candidates: 5 }, rate: { perSecond: 9 } },
      events: { location: 'there', maxWaiting: 3 },
    });
    expect(await readOptions({ config, port: 0, events: 'here' })).toMatchObject({
      ...{ ...base, port: 0, limits: { candidates: 5 } },
      events: { location: 'here', maxWaiting: 3 },
    });
  });

  it.each([
    ['{', /no JSON|expected|must/],
    [{ prot: 1 }, /LIMAML_ERR_SERVER_OPTION_INVALID/],
    [{ limits: { candidates: 'all' } }, /limits\/candidates/],
    [{ access: { tokens: [{ name: 'a', sha256: 'short', scopes: ['score'] }] } }, /sha256/],
  ])('is refused with the place: %j', async (content, message) => {
    await expect(readOptions({ config: await write(content), store: 's' })).rejects.toThrow(
      message,
    );
  });

  it('must name a store', async () => {
    await expect(readOptions({ bundle: 'b' })).rejects.toThrow(/Option store got nothing/);
  });
});

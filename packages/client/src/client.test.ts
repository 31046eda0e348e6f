import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from './index.js';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A server that answers one reply after the other, the last one again and again; undefined hangs. */
async function answering(...replies: readonly (Reply | undefined)[]) {
  const asked: { readonly request: IncomingMessage; readonly at: number }[] = [];
  server = createServer((request, response) => {
    const reply = replies[Math.min(asked.length, replies.length - 1)];
    asked.push({ request, at: performance.now() });
    request.resume();
    if (reply === undefined) return;
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify(reply.body ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const OK = { status: 200, body: { results: [{ scores: [0.5] }], bundles: [] } };
const request = { entity: 'a', candidates: ['b'] };

describe('createClient', () => {
  it('tries again after 429 and 503 with growing pauses, or as long as Retry-After says', async () => {
    const { asked, url } = await answering(
      { status: 503 },
      { status: 503 },
      { status: 429, headers: { 'retry-after': '1' } },
      OK,
    );
    const client = createClient(url, { backoffMs: 40 });
    expect((await client.score(request)).scores).toEqual([0.5]);
    const pauses = asked.slice(1).map(({ at }, before) => at - asked[before]!.at);
    expect(pauses[0]).toBeGreaterThan(35);
    expect(pauses[1]).toBeGreaterThan(75);
    expect(pauses[2]).toBeGreaterThan(950);
  });

  it('gives up with what the server said', async () => {
    const body = { error: { code: 'LIMAML_ERR_X', message: 'No.', path: '/k', requestId: 'r1' } };
    const { asked, url } = await answering({ status: 400, body });
    await expect(createClient(url).rank({ ...request, k: 1 })).rejects.toMatchObject({
      code: 'LIMAML_ERR_CLIENT_REFUSED',
      where: { status: 400, serverCode: 'LIMAML_ERR_X', path: '/k', requestId: 'r1' },
    });
    expect(asked).toHaveLength(1);
  });

  it('sends a change of bundles once', async () => {
    const { asked, url } = await answering({ status: 503 });
    await expect(createClient(url).activate('two')).rejects.toThrow(/CLIENT_REFUSED/);
    expect(asked).toHaveLength(1);
  });

  it('waits no longer than it may', async () => {
    const { url } = await answering(undefined);
    const client = createClient(url, { timeoutMs: 50, retries: 0 });
    await expect(client.score(request)).rejects.toThrow(/LIMAML_ERR_CLIENT_TIMEOUT/);
  });

  it('ends when the caller says so, while it asks and while it pauses', async () => {
    const { url } = await answering({ status: 503, headers: { 'retry-after': '60' } });
    const asking = createClient(url).score(request, { signal: AbortSignal.timeout(50) });
    await expect(asking).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('says that nobody is there', async () => {
    const { url } = await answering(OK);
    server.close();
    const client = createClient(url, { retries: 1, backoffMs: 1 });
    await expect(client.bundles()).rejects.toThrow(/LIMAML_ERR_CLIENT_UNREACHABLE/);
  });

  it('shows its token, and writes ids into addresses safely', async () => {
    const { asked, url } = await answering({ status: 200, body: { forgotten: true } });
    expect(await createClient(`${url}/`, { token: 'secret' }).forget('member', 'a/b ü')).toBe(true);
    expect(asked[0]!.request.headers.authorization).toBe('Bearer secret');
    expect(asked[0]!.request.url).toBe('/v1/entities/member/a%2Fb%20%C3%BC');
  });
});

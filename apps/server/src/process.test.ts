import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openLmdbEventLog } from '@limaml/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, createFixture, type Fixture, type ScoreAnswer } from './server.test-support.js';

const RUN_SOURCE = fileURLToPath(new URL('../../../tools/run-source.mjs', import.meta.url));
const PROGRAM = fileURLToPath(new URL('process.test-support.ts', import.meta.url));

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
}, 60_000);
afterAll(() => fixture.remove());

interface Process {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
}

async function startProcess(...more: readonly string[]): Promise<Process> {
  const argv = [
    ...['--bundle', fixture.path('bundles/one'), '--store', fixture.path('stores/one')],
    ...['--port', '0', ...more],
  ];
  const child = fork(RUN_SOURCE, [PROGRAM], {
    env: { ...process.env, ARGV: JSON.stringify(argv) },
    execArgv: ['--conditions=@limaml/source'],
    silent: true,
  });
  let output = '';
  child.stdout!.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr!.on('data', (text: Buffer) => (output += text.toString()));
  for (;;) {
    const url = /listening at (http:[^"\s]+)/.exec(output)?.[1];
    if (url !== undefined) return { child, url, output: () => output };
    if (child.exitCode !== null) throw new Error(output);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const candidates = Array.from({ length: 20 }, (_, at) => `job-${at}`);

describe('SIGTERM', () => {
  it('lets the requests that have begun end, and then the process', async () => {
    const { child, url, output } = await startProcess('--log-requests');
    const ask = asking(url);
    const entities = Array.from({ length: 60 }, (_, at) => `member-${at % 20}`);
    const asked = entities.map((entity) =>
      ask<ScoreAnswer>('POST', '/v1/score', { requests: [{ entity, candidates }] }),
    );
    // A request that has not arrived yet may be refused.
    await expect
      .poll(() => output().split('incoming request').length - 1, { timeout: 30_000 })
      .toBe(entities.length);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    const answers = await Promise.allSettled(asked);
    const failed = answers.filter(
      (answer) => answer.status === 'rejected' || answer.value.status !== 200,
    );
    expect(failed).toEqual([]);
    expect(code, output()).toBe(0);
    await expect(ask('GET', '/healthz')).rejects.toThrow();
  }, 60_000);
});

describe('a process that is killed while it takes events', () => {
  it('has lost none that it accepted, and has none twice', async () => {
    const location = fixture.path('events');
    const accepted = new Set<string>();
    for (let life = 0; life < 3; life++) {
      const { child, url } = await startProcess('--events', location);
      const ask = asking(url);
      const exited = once(child, 'exit');
      setTimeout(() => child.kill('SIGKILL'), 250 + 150 * life);
      const senders = Array.from({ length: 8 }, async (_, sender) => {
        for (let at = 0; ; at++) {
          const id = `${life}-${sender}-${at}`;
          const event = {
            id,
            entity: `m${sender}`,
            time: life * 10_000 + at,
            candidate: 'job-1',
            label: 1,
          };
          const answer = await ask('POST', '/v1/events', { events: [event] }).catch(
            () => undefined,
          );
          if (answer === undefined) return;
          if (answer.status === 202) accepted.add(`m${sender}/${id}`);
        }
      });
      await Promise.all(senders);
      await exited;
    }
    expect(accepted.size).toBeGreaterThan(30);
    await expectKept(location, accepted);
  }, 120_000);

  async function expectKept(location: string, accepted: ReadonlySet<string>): Promise<void> {
    const last = await startProcess('--events', location);
    const ask = asking(last.url);
    for (let sender = 0; sender < 8; sender++)
      await expect
        .poll(async () => (await ask('GET', `/v1/entities/member/m${sender}`)).body, {
          timeout: 10_000,
        })
        .toMatchObject({ stored: true, pending: false });
    last.child.kill('SIGTERM');
    await once(last.child, 'exit');
    const log = await openLmdbEventLog(location);
    for (let sender = 0; sender < 8; sender++) {
      const { events } = await log.window(`m${sender}`, 16);
      const ids = events.map(({ id }) => `m${sender}/${id}`);
      expect(new Set(ids).size).toBe(ids.length);
      const oldest = events[0]!.time;
      const wanted = [...accepted].filter((key) => {
        const [life, from, at] = key.split('/')[1]!.split('-').map(Number);
        return from === sender && life! * 10_000 + at! >= oldest;
      });
      for (const key of wanted) expect(ids).toContain(key);
    }
    await log.close();
  }
});

describe('the command line', () => {
  it('is refused with what is wrong', async () => {
    await expect(startProcess('--port', 'many')).rejects.toThrow(/whole number/);
  }, 30_000);
});

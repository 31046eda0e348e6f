import { LimamlError } from '@limaml/errors';
import { fork, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../fixtures.test-support.js';
import type { Job } from './job.js';
import { packError, unpackError } from './protocol.js';
import { WorkerProcess } from './worker-process.js';

const newFolder = temporaryFolders();

/** A process that answers each job as the job's name says: what a worker may do to its parent. */
const PEER = `
  process.on('disconnect', () => process.exit(0));
  let running;
  process.on('message', (request) => {
    if (request.kind === 'stop' && running !== 'deaf') {
      process.send({ kind: 'failed', error: { message: 'stopped ' + running, stack: undefined } });
    }
    if (request.kind !== 'run') return;
    running = request.job.name;
    if (running === 'die') process.exit(3);
    if (running === 'hang' || running === 'deaf') return;
    process.send({ kind: 'training', job: request.job, event: { kind: 'epoch', epoch: 1 } });
    process.send({ kind: 'done', result: { records: [], data: { name: running } } });
  });
  setTimeout(() => process.send({ kind: 'ready' }), 20);
`;

async function startPeer(): Promise<ChildProcess> {
  const script = join(await newFolder(), 'peer.mjs');
  await writeFile(script, PEER);
  return fork(script, { serialization: 'advanced', execArgv: [] });
}

const setup = { out: 'out', data: {}, resume: false, executor: undefined };
const job = (name: string): Job => ({ kind: 'model', name, seed: 1 });

describe('WorkerProcess', () => {
  it('runs one job after the other and passes events on', async () => {
    const seen: string[] = [];
    const { signal } = new AbortController();
    const onTraining = ({ name }: Job) => seen.push(name);
    const worker = new WorkerProcess(await startPeer(), { setup, signal, onTraining });
    expect((await worker.run(job('first'))).data.name).toBe('first');
    expect((await worker.run(job('second'))).data.name).toBe('second');
    await worker.dispose();
    expect(seen).toEqual(['first', 'second']);
  });

  it('fails the job when the process dies, and every later one', async () => {
    const { signal } = new AbortController();
    const worker = new WorkerProcess(await startPeer(), { setup, signal });
    const died: unknown = expect.objectContaining({ code: 'LIMAML_ERR_EXPERIMENT_WORKER_DIED' });
    await expect(worker.run(job('die'))).rejects.toThrow(died);
    await expect(worker.run(job('first'))).rejects.toThrow(/exit code 3/);
    await worker.dispose();
  });

  it('tells a process that ended at Ctrl-C from one that died', async () => {
    const controller = new AbortController();
    const peer = await startPeer();
    const worker = new WorkerProcess(peer, { setup, signal: controller.signal });
    await worker.run(job('first'));
    const hanging = worker.run(job('deaf'));
    controller.abort();
    peer.kill('SIGINT');
    const interrupted: unknown = expect.objectContaining({
      code: 'LIMAML_ERR_EXPERIMENT_INTERRUPTED',
    });
    await expect(hanging).rejects.toThrow(interrupted);
    await expect(worker.run(job('first'))).rejects.toThrow(interrupted);
    await worker.dispose();
  });

  it('asks the process to stop when the signal says so', async () => {
    const controller = new AbortController();
    const worker = new WorkerProcess(await startPeer(), { setup, signal: controller.signal });
    await worker.run(job('first'));
    const hanging = worker.run(job('hang'));
    controller.abort();
    await expect(hanging).rejects.toThrow('stopped hang');
    await worker.dispose();
  });
});

describe('errors between processes', () => {
  it('keep code, place and advice of a coded error, and the stack as its cause', () => {
    const error = new LimamlError({
      code: 'LIMAML_ERR_EXPERIMENT_X',
      what: 'It broke',
      where: { model: 'm' },
      fix: 'Mend it',
    });
    const sent = structuredClone(packError(error));
    const received = unpackError(sent);
    expect(received).toMatchObject({ code: error.code, where: error.where, fix: error.fix });
    expect(received.message).toBe(error.message);
    expect((received.cause as Error).stack).toBe(error.stack);
  });

  it('keep the message of any other error', () => {
    expect(unpackError(packError(new TypeError('odd'))).message).toBe('odd');
    expect(unpackError(packError('text')).message).toBe('text');
  });
});

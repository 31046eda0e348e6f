import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createFixture,
  startServer,
  type ErrorAnswer,
  type Fixture,
  type RunningServer,
} from './server.test-support.js';

let fixture: Fixture;
let running: RunningServer;

beforeAll(async () => {
  fixture = await createFixture();
  const limits = { idLength: 40, textLength: 50, features: 4 };
  running = await startServer({
    bundle: fixture.path('bundles/one'),
    store: fixture.path('stores/one'),
    limits,
  });
}, 60_000);

afterAll(async () => {
  await running.server.close();
  await fixture.remove();
});

function score(candidate: unknown, others = {}) {
  const request = { entity: 'member-1', candidates: ['job-1', candidate], others };
  return running.ask<ErrorAnswer>('POST', '/v1/score', { requests: [request] });
}

describe('a record of features', () => {
  it('holds text, numbers, truth values, nothing and lists', async () => {
    const skills = ['sql', 7];
    for (const value of ['mid', 7, true, null, [], skills, 'ä'.repeat(50), '😀'.repeat(25)])
      expect(await score({ level: value, skills })).toMatchObject({ status: 200 });
  });

  it.each([
    ['a candidate of no kind', 7, ''],
    ['an empty id', '', ''],
    ['a long id', 'j'.repeat(41), ''],
    ['a value of no kind', { level: { much: 1 } }, '/level'],
    ['a value of no kind by a name of two lines', { 'a\nb': { much: 1 } }, '/a\nb'],
    ['a long name', { ['n'.repeat(41)]: 1 }, ''],
    ['long text', { level: 'l'.repeat(51) }, '/level'],
    ['long text in a list', { skills: ['go', 'l'.repeat(51)] }, '/skills/1'],
    ['a list within a list', { skills: ['go', ['sql']] }, '/skills/1'],
    ['a long list', { skills: ['a', 'b', 'c', 'd', 'e'] }, '/skills'],
    ['too many features', { a: 1, b: 1, c: 1, d: 1, e: 1 }, ''],
  ])('is refused with the place: %s', async (_, candidate, place) => {
    const { status, body } = await score(candidate);
    const path = `/requests/0/candidates/1${place}`;
    expect({ status, ...body.error }).toMatchObject({ status: 400, path });
  });

  it('may be of another entity', async () => {
    expect(await score('job-2', { company: { size: 'small' } })).toMatchObject({ status: 200 });
    const { body } = await score('job-2', { company: { size: { much: 1 } } });
    expect(body.error.path).toBe('/requests/0/others/company/size');
  });
});

import { camelCase } from './names.js';

/** `src/index.test.ts` of an entity package. */
export function testText(name: string): string {
  const factory = `${camelCase(name)}Entity`;
  return `import { testEntityPlugin } from '@limaml/plugin/testing';
import { expect, it } from 'vitest';
import { ${factory} } from './index.js';

const DAY = 86_400_000;

/** Interactions and the task each belongs to; put in a few of your own. */
const samples = [
  { ids: { '${name}': 'a', other: 'x' }, timestamp: DAY, task: 'a' },
  { ids: { '${name}': 'b', other: 'x' }, timestamp: 2 * DAY, task: 'b' },
  { ids: { '${name}': 'a', other: 'y' }, timestamp: 3 * DAY, task: 'a' },
  { ids: { other: 'y' }, timestamp: 4 * DAY, task: null },
];

it.each([{}, { supportSize: 10, windowDays: 30 }])('conforms with %j', async (options) => {
  const report = await testEntityPlugin(${factory}(options), { samples });
  expect(report.checks.every(({ passed }) => passed)).toBe(true);
});
`;
}

import { describe, expect, it } from 'vitest';
import { readAhead } from './index.js';

function source(count: number, seen: string[]): AsyncGenerator<number> {
  return (async function* () {
    try {
      for (let item = 0; item < count; item++) {
        seen.push(`read ${item}`);
        yield await Promise.resolve(item);
      }
      if (count > 3) throw new Error('broken');
    } finally {
      seen.push('closed');
    }
  })();
}

describe('readAhead', () => {
  it('reads one item while the one before is worked on', async () => {
    const seen: string[] = [];
    for await (const item of readAhead(source(3, seen))) {
      await new Promise(setImmediate);
      seen.push(`used ${item}`);
    }
    expect(seen).toEqual([
      ...['read 0', 'read 1', 'used 0', 'read 2', 'used 1', 'closed', 'used 2'],
    ]);
  });

  it('closes the source when it is left early, and gives a failure in its turn', async () => {
    const seen: string[] = [];
    for await (const item of readAhead(source(3, seen))) if (item === 1) break;
    expect(seen.at(-1)).toBe('closed');
    const items: number[] = [];
    const failing = async () => {
      for await (const item of readAhead(source(4, seen))) items.push(item);
    };
    await expect(failing()).rejects.toThrow('broken');
    expect(items).toEqual([0, 1, 2, 3]);
  });
});

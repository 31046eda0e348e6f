import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapAhead } from './map-ahead.js';

/** Turns of the event loop that each item takes: later ones often finish first. */
const TURNS = [5, 1, 4, 0, 3, 2, 0, 6];

async function run(ahead: number, fail?: number): Promise<[number[], number, boolean]> {
  const busy = new Set<number>();
  let [most, clean] = [0, true];
  const results = mapAhead(TURNS.keys(), ahead, async (item, slot) => {
    clean &&= slot < ahead && !busy.has(slot);
    busy.add(slot);
    most = Math.max(most, busy.size);
    for (let turn = 0; turn < TURNS[item]!; turn++) await setImmediate();
    if (item === fail) throw new Error(`item ${item}`);
    return [item, slot] as const;
  });
  const seen: number[] = [];
  for await (const [item, slot] of results) {
    await setImmediate();
    busy.delete(slot);
    seen.push(item);
  }
  return [seen, most, clean];
}

describe('mapAhead', () => {
  it.each([1, 2, 3, 20])('keeps the order, and %s items in progress at most', async (ahead) => {
    const [seen, most, clean] = await run(ahead);
    expect(seen).toEqual([...TURNS.keys()]);
    expect(most).toBe(Math.min(ahead, TURNS.length));
    expect(clean).toBe(true);
  });

  it('throws what an item threw when it is its turn, after what is in progress', async () => {
    await expect(run(3, 3)).rejects.toThrow('item 3');
  });

  it('waits for what is in progress when the consumer stops', async () => {
    let finished = 0;
    const work = async (): Promise<void> => {
      await setImmediate();
      finished++;
    };
    const results = mapAhead([1, 2, 3, 4, 5], 3, work);
    await results.next();
    await results.return();
    expect(finished).toBe(3);
  });
});

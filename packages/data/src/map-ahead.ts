/**
 * Maps items one by one, in order, and begins a few ahead of the one whose result is next: what is done
 * for different items overlaps, and no more of them are in progress than `ahead`.
 *
 * @param ahead items in progress at most, at least 1
 * @param work called with the item and its slot, 0 … ahead − 1. A slot's last result has been consumed
 *   before the slot is used again, so it may have buffers of its own
 *
 * @example
 * ```ts
 * const assemblers = [0, 1, 2].map(() => createBatchAssembler(encoded, options));
 * const vectors = mapAhead(batches, 3, (batch, slot) => adapt(assemblers[slot]!.assemble(batch)));
 * for await (const batch of vectors) await store(batch);
 * ```
 */
export async function* mapAhead<Item, Result>(
  items: Iterable<Item>,
  ahead: number,
  work: (item: Item, slot: number) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const running: Promise<Result>[] = [];
  let begun = 0;
  try {
    for (const item of items) {
      if (running.length === ahead) yield await running.shift()!;
      const result = work(item, begun++ % ahead);
      // A failure is thrown when it is the item's turn.
      result.catch(() => undefined);
      running.push(result);
    }
    for (const result of running) yield await result;
  } finally {
    await Promise.allSettled(running);
  }
}

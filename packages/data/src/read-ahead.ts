/**
 * Asks for the next item while the one before is worked on.
 *
 * @example
 * ```ts
 * for await (const part of readAhead(log.parts)) await adapt(part); // the next part is being read
 * ```
 */
export async function* readAhead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void> {
  const iterator: AsyncIterator<Item, unknown> = items[Symbol.asyncIterator]();
  let next = ask(iterator);
  try {
    for (;;) {
      const result = await next;
      if (result.done) return;
      next = ask(iterator);
      yield result.value;
    }
  } finally {
    await Promise.allSettled([next]);
    await iterator.return?.();
  }
}

/** A failure is thrown when it is the item's turn. */
function ask<Item>(iterator: AsyncIterator<Item, unknown>): Promise<IteratorResult<Item, unknown>> {
  const next = iterator.next();
  next.catch(() => undefined);
  return next;
}

/** A value that is made when it is first needed, and kept. */
export function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => (value ??= make());
}

/** Keeps the value of the newest key: for what is large and used key by key. */
export function newest<Key, Value>(
  make: (key: Key) => Promise<Value>,
): (key: Key) => Promise<Value> {
  let kept: { key: Key; value: Promise<Value> } | undefined;
  return (key) => {
    if (kept === undefined || kept.key !== key) kept = { key, value: make(key) };
    return kept.value;
  };
}

/** A key of two specs whose values differ; undefined where one of them has no such key. */
export interface SpecDifference {
  /** `models.LiMAML.training.epochs`. */
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Keys of two JSON values that differ, members of lists that have names told apart by these. */
export function specDifferences(before: unknown, after: unknown): readonly SpecDifference[] {
  const [left, right] = [leavesOf(before), leavesOf(after)];
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys
    .map((key) => ({ key, before: left.get(key), after: right.get(key) }))
    .filter((entry) => entry.before !== entry.after);
}

function leavesOf(value: unknown): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  collect(value, '', leaves);
  return leaves;
}

function collect(value: unknown, key: string, into: Map<string, string>): void {
  const members = membersOf(value);
  if (members === undefined) into.set(key, JSON.stringify(value));
  for (const [name, member] of members ?? []) {
    collect(member, key === '' ? name : `${key}.${name}`, into);
  }
}

/** What a value is made of; undefined where it is compared whole. */
function membersOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return Object.entries(value);
  return value.length > 0 && value.every(hasName)
    ? value.map((member) => [member.name, member] as const)
    : undefined;
}

function hasName(value: unknown): value is { readonly name: string } {
  return (
    typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
  );
}

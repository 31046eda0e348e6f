import { distance } from 'fastest-levenshtein';

/** A name is "near" when at most this share of its letters has to change. */
const NEAR_SHARE = 0.4;
/** More suggestions than this are noise. */
const MAX_SUGGESTIONS = 3;

/**
 * Finds the names somebody may have meant: those within a small edit distance (Levenshtein 1966) of
 * `name`, capital letters aside, and those that it begins, nearest first, at most three.
 *
 * @example
 * ```ts
 * suggest('membr', ['member', 'job', 'company']); // ['member']
 * ```
 */
export function suggest(name: string, candidates: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase();
  return candidates
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, edits }) => begins(wanted, candidate) || edits <= nearness(wanted, candidate),
    )
    .sort((a, b) => a.edits - b.edits)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

/**
 * Words {@link suggest} for the fix of an error: `Did you mean "member"?`, or `''` when nothing is near.
 *
 * @example
 * ```ts
 * const fix = didYouMean('membr', ['member', 'job']); // 'Did you mean "member"?'
 * ```
 */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const names = suggest(name, candidates).map((candidate) => JSON.stringify(candidate));
  return names.length === 0 ? '' : `Did you mean ${names.join(' or ')}?`;
}

/** One letter begins too many names to be a hint. */
function begins(wanted: string, candidate: string): boolean {
  return wanted.length > 1 && candidate.toLowerCase().startsWith(wanted);
}

function nearness(wanted: string, candidate: string): number {
  return Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) * NEAR_SHARE));
}

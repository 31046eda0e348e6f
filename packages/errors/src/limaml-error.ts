/** Where something was wrong: any of a file, a row (1-based line), a field, a plugin, an op… */
export type ErrorPlace = Readonly<Record<string, string | number | undefined>>;

/** The parts of an error message: what was wrong, where, what was expected, what to do. */
export interface ErrorDetails {
  /** Stable, documented code: `LIMAML_ERR_<AREA>_<CAUSE>`. */
  readonly code: `LIMAML_ERR_${string}`;
  /** What was wrong, one sentence without a full stop. */
  readonly what: string;
  /** Where it was wrong. */
  readonly where?: ErrorPlace;
  /** What was expected instead. */
  readonly expected?: string;
  /** What the reader can do about it. */
  readonly fix?: string;
  /** The error underneath, if any. */
  readonly cause?: unknown;
}

/** Recognises our errors across two copies of this package in one process, where `instanceof` fails. */
const BRAND = Symbol.for('limaml.error');

/**
 * An error with a stable code and a message that says what was wrong, where, what was expected and
 * what to do.
 *
 * @example
 * ```ts
 * throw new LimamlError({
 *   code: 'LIMAML_ERR_DATA_COLUMN_MISSING',
 *   what: 'Column "label" is missing',
 *   where: { file: 'clicks.csv' },
 *   expected: 'one of: member, job, time',
 *   fix: 'Name the label column in the spec: label: { column: "…" }',
 * });
 * ```
 */
export class LimamlError extends Error {
  readonly code: ErrorDetails['code'];
  readonly what: string;
  readonly where: ErrorPlace;
  readonly expected: string | undefined;
  readonly fix: string | undefined;

  constructor(details: ErrorDetails) {
    super(formatMessage(details), 'cause' in details ? { cause: details.cause } : undefined);
    this.name = 'LimamlError';
    this.code = details.code;
    this.what = details.what;
    this.where = details.where ?? {};
    this.expected = details.expected;
    this.fix = details.fix;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Tells whether `error` is a {@link LimamlError}, also one thrown by another copy of this package. */
export function isLimamlError(error: unknown): error is LimamlError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

function formatMessage({ code, what, where, expected, fix }: ErrorDetails): string {
  const place = formatPlace(where ?? {});
  return [
    sentence(`${code}: ${what}${place ? ` (${place})` : ''}`),
    expected && sentence(`Expected: ${expected}`),
    fix && sentence(`Fix: ${fix}`),
  ]
    .filter(Boolean)
    .join(' ');
}

function sentence(text: string): string {
  return /[.?!…\n]$/.test(text) ? text : `${text}.`;
}

function formatPlace(where: ErrorPlace): string {
  return Object.entries(where)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${typeof value === 'number' ? value : JSON.stringify(value)}`)
    .join(', ');
}

import { optionInvalid, optionUnknown } from './errors.js';

/** What the meta block reads: see `entityBlock`, `interactionBlock`, `historyBlock`. */
export type MetaForm = 'entity' | 'interaction' | 'history';

/** Options of the models of this package. */
export interface ModelOptions {
  /** Form of the meta block. Default `'history'`. */
  readonly meta: MetaForm;
  /** Width of learned candidate vectors, used where the schema has no fitted factors. Default 16. */
  readonly candidateDim: number;
  /** Width of the embedding of a categorical feature. Default 8. */
  readonly featureDim: number;
  /** Width of the meta block's hidden layer. Default 64. */
  readonly hidden: number;
  /** Solver steps of the fold-in of the history form, where candidates have fitted factors; 0 for none. Default 6. */
  readonly foldInSteps: number;
  /** Cross layers (DCN-v2). Default 1. */
  readonly crossDepth: number;
  /** Hidden widths of the global block's tower; empty for no tower and no cross network. Default [32]. */
  readonly tower: readonly number[];
  /** Dropout rate of the tower's hidden layers. Default 0.1. */
  readonly dropout: number;
  /** Vocabularies with more ids are fed row by row, so that memory and time do not grow with them. Default 4096. */
  readonly wholeTableLimit: number;
}

/** What a model uses where it is told nothing. */
export const DEFAULT_MODEL_OPTIONS: ModelOptions = {
  meta: 'history',
  candidateDim: 16,
  featureDim: 8,
  hidden: 64,
  foldInSteps: 6,
  crossDepth: 1,
  tower: [32],
  dropout: 0.1,
  wholeTableLimit: 4096,
};

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

/** What each option must be, in words and as a test. */
const RULES: Record<keyof ModelOptions, readonly [string, (value: unknown) => boolean]> = {
  meta: [
    '"entity", "interaction" or "history"',
    (value) => ['entity', 'interaction', 'history'].includes(value as string),
  ],
  candidateDim: ['a whole number above 0', isCount],
  featureDim: ['a whole number above 0', isCount],
  hidden: ['a whole number above 0', isCount],
  foldInSteps: ['a whole number, 0 or more', (value) => value === 0 || isCount(value)],
  crossDepth: ['a whole number, 0 or more', (value) => value === 0 || isCount(value)],
  tower: [
    'a list of whole numbers above 0',
    (value) => Array.isArray(value) && value.every(isCount),
  ],
  dropout: [
    'a number from 0 to below 1',
    (value) => typeof value === 'number' && value >= 0 && value < 1,
  ],
  wholeTableLimit: ['a whole number above 0', isCount],
};

/**
 * Fills in the defaults.
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN, LIMAML_ERR_MODELS_OPTION_INVALID
 */
export function readOptions(
  model: string,
  options: Readonly<Record<string, unknown>> = {},
): ModelOptions {
  for (const [name, value] of Object.entries(options)) {
    if (!(name in RULES)) throw optionUnknown(model, name, Object.keys(RULES));
    const [expected, holds] = RULES[name as keyof ModelOptions];
    if (!holds(value)) throw optionInvalid(model, name, value, expected);
  }
  return { ...DEFAULT_MODEL_OPTIONS, ...options };
}

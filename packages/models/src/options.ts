import { optionInvalid, optionUnknown, optionUnused } from './errors.js';
import type { FusionForm, GlobalForm, MetaForm } from './forms.js';
import { OPTION_RULES } from './option-rules.js';

/** A further label, see `TargetSpec` of `@limaml/core`. */
export interface TargetOption {
  /** Name of the target in outputs. */
  readonly name: string;
  /** Name of a dense outcome feature of width 1. */
  readonly outcome: string;
  /** Default `'binary-cross-entropy'`. */
  readonly loss?: 'binary-cross-entropy' | 'squared-error';
  /** Factor on its loss, beside 1 for the label. Default 1. */
  readonly weight?: number;
}

/** Options of the models of this package. Each names the forms that use it; to give it to others is an error. */
export interface ModelOptions {
  /** The meta block. Default `'history'`. */
  readonly meta: MetaForm;
  /** The global block. Default `'dcn'`. */
  readonly global: GlobalForm;
  /** How the meta embedding meets the rest (`dcn`, `dcn-low-rank`, `wide-and-deep`). Default `'concat'`. */
  readonly fusion: FusionForm;
  /** Width of learned candidate vectors, used where the schema has no fitted factors. Default 16. */
  readonly candidateDim: number;
  /** Width of the embedding of a categorical feature. Default 8. */
  readonly featureDim: number;
  /** Width of the meta block's hidden layer, and of the rows of a transformer (all but `id`). Default 64. */
  readonly hidden: number;
  /** Residual blocks or encoder layers of the meta block (`residual`, `transformer`). Default 1. */
  readonly metaLayers: number;
  /** Attention heads (`transformer`, `autoint`). Default 2. */
  readonly heads: number;
  /** Newest support rows whose places are told apart (`transformer`), a power of two. Default 64. */
  readonly positions: number;
  /** Solver steps of the fold-in of the history form, where candidates have fitted factors; 0 for none. Default 6. */
  readonly foldInSteps: number;
  /** Cross layers (`dcn`, `dcn-low-rank`, with a tower). Default 1. */
  readonly crossDepth: number;
  /** Rank of a cross layer's matrix (`dcn-low-rank`, with a tower). Default 8. */
  readonly crossRank: number;
  /** Attention layers over the fields (`autoint`). Default 1. */
  readonly attentionLayers: number;
  /** Hidden widths of the global block's tower (all but `autoint`); empty for no tower and no cross network. Default [32]. */
  readonly tower: readonly number[];
  /** Dropout rate of the tower's hidden layers (all but `autoint` and `two-tower`). Default 0.1. */
  readonly dropout: number;
  /** Width of the vectors of the two towers (`two-tower`). Default 16. */
  readonly towerDim: number;
  /** τ by which the product of the two towers is divided (`two-tower`). Default 1. */
  readonly temperature: number;
  /** Names of row features that belong to the request, so to the member's tower (`two-tower`). Default none. */
  readonly requestFeatures: readonly string[];
  /** Further labels, predicted from the same meta embedding (all but `two-tower`). Default none. */
  readonly targets: readonly TargetOption[];
  /** Vocabularies with more ids are fed row by row, so that memory and time do not grow with them. Default 4096. */
  readonly wholeTableLimit: number;
}

/** What a model uses where it is told nothing. */
export const DEFAULT_MODEL_OPTIONS: ModelOptions = {
  meta: 'history',
  global: 'dcn',
  fusion: 'concat',
  candidateDim: 16,
  featureDim: 8,
  hidden: 64,
  metaLayers: 1,
  heads: 2,
  positions: 64,
  foldInSteps: 6,
  crossDepth: 1,
  crossRank: 8,
  attentionLayers: 1,
  tower: [32],
  dropout: 0.1,
  towerDim: 16,
  temperature: 1,
  requestFeatures: [],
  targets: [],
  wholeTableLimit: 4096,
};

/** What a model decides itself. */
export interface OptionFrame {
  /** Options it takes. Default: all that `fixed` does not name. */
  readonly takes?: readonly (keyof ModelOptions)[];
  /** Options it sets, which nobody may give. */
  readonly fixed?: Partial<ModelOptions>;
  /** Defaults of its own. */
  readonly defaults?: Partial<ModelOptions>;
}

/**
 * Checks options and fills in the defaults.
 *
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN for an option that no model has,
 *   LIMAML_ERR_MODELS_OPTION_INVALID for a value that makes no sense,
 *   LIMAML_ERR_MODELS_OPTION_UNUSED for an option that the chosen forms ignore
 */
export function readOptions(
  model: string,
  options: Readonly<Record<string, unknown>> = {},
  { takes, fixed = {}, defaults = {} }: OptionFrame = {},
): ModelOptions {
  const known = takes ?? Object.keys(OPTION_RULES).filter((name) => !(name in fixed));
  for (const [name, value] of Object.entries(options)) {
    if (!isOption(name)) throw optionUnknown(model, name, known);
    if (!known.includes(name)) throw optionUnused(model, name, 'another model');
    const { expected, holds } = OPTION_RULES[name];
    if (!holds(value)) throw optionInvalid(model, name, value, expected);
  }
  const read: ModelOptions = { ...DEFAULT_MODEL_OPTIONS, ...defaults, ...options, ...fixed };
  if (takes === undefined) assertUsed(model, options, read);
  assertHeads(model, read);
  return read;
}

/**
 * The options without those that the forms they choose would ignore: what is left when another form is chosen.
 *
 * @example
 * ```ts
 * usedOptions({ meta: 'id', hidden: 32 }); // { meta: 'id' }: that block has no hidden layer
 * ```
 */
export function usedOptions<Options extends object>(options: Options): Partial<Options> {
  const read: ModelOptions = { ...DEFAULT_MODEL_OPTIONS, ...options };
  const used = (name: string): boolean =>
    !isOption(name) || (OPTION_RULES[name].isUsed?.(read) ?? true);
  const kept = Object.entries(options).filter(([name]) => used(name));
  return Object.fromEntries(kept) as Partial<Options>;
}

/** Every option that is given is read by one of the chosen forms. */
function assertUsed(model: string, given: object, options: ModelOptions): void {
  for (const name of Object.keys(given) as (keyof ModelOptions)[]) {
    const { usedBy, isUsed } = OPTION_RULES[name];
    if (isUsed && !isUsed(options)) throw optionUnused(model, name, usedBy!);
  }
}

function assertHeads(model: string, { meta, hidden, heads }: ModelOptions): void {
  if (meta === 'transformer' && hidden % heads > 0) {
    throw optionInvalid(model, 'heads', heads, `a divisor of "hidden", which is ${hidden}`);
  }
}

function isOption(name: string): name is keyof ModelOptions {
  return Object.hasOwn(OPTION_RULES, name);
}

import { FUSION_FORMS, GLOBAL_FORMS, META_FORMS } from './forms.js';
import type { ModelOptions, TargetOption } from './options.js';

/** What an option must be, and who reads it. */
interface OptionRule {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
  /** The forms that read it, in words; all where it is not said. */
  readonly usedBy?: string;
  readonly isUsed?: (options: ModelOptions) => boolean;
}

type Use = Pick<OptionRule, 'usedBy' | 'isUsed'>;

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
const isPowerOfTwo = (value: unknown): boolean =>
  isCount(value) && Number.isInteger(Math.log2(value as number));

const count = (use: Use = {}): OptionRule => ({
  ...use,
  expected: 'a whole number above 0',
  holds: isCount,
});

const countOrNone = (use: Use = {}): OptionRule => ({
  ...use,
  expected: 'a whole number, 0 or more',
  holds: (value) => value === 0 || isCount(value),
});

const oneOf = (names: readonly string[], use: Use = {}): OptionRule => ({
  ...use,
  expected: names.map((name) => `"${name}"`).join(' or '),
  holds: (value) => names.includes(value as string),
});

const listOf = (what: string, holds: (each: unknown) => boolean, use: Use = {}): OptionRule => ({
  ...use,
  expected: `a list of ${what}`,
  holds: (value) => Array.isArray(value) && value.every(holds),
});

const metaForms = (...forms: readonly ModelOptions['meta'][]): Use => ({
  usedBy: `meta: ${forms.join(', ')}`,
  isUsed: ({ meta }) => forms.includes(meta),
});

const globalForms = (...forms: readonly ModelOptions['global'][]): Use => ({
  usedBy: `global: ${forms.join(', ')}`,
  isUsed: ({ global }) => forms.includes(global),
});

const allBut = (...forms: readonly ModelOptions['global'][]): Use =>
  globalForms(...GLOBAL_FORMS.filter((form) => !forms.includes(form)));

/** Only where the tower has hidden layers: without, these forms are their linear part. */
const withTower = ({ usedBy, isUsed }: Use): Use => ({
  usedBy: `${usedBy!}, with a tower`,
  isUsed: (options) => isUsed!(options) && options.tower.length > 0,
});

const TARGET_KEYS = ['name', 'outcome', 'loss', 'weight'];
const LOSSES: readonly unknown[] = ['binary-cross-entropy', 'squared-error', undefined];

function isTarget(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, outcome, loss, weight = 1 } = value as Partial<TargetOption>;
  const isNamed = typeof name === 'string' && name !== '' && typeof outcome === 'string';
  const isKnown = Object.keys(value).every((key) => TARGET_KEYS.includes(key));
  return isNamed && isKnown && LOSSES.includes(loss) && typeof weight === 'number' && weight >= 0;
}

function areTargets(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every(isTarget)) return false;
  const names = (value as readonly TargetOption[]).map(({ name }) => name);
  return new Set(names).size === names.length;
}

/** The rule of every option. */
export const OPTION_RULES: Readonly<Record<keyof ModelOptions, OptionRule>> = {
  meta: oneOf(META_FORMS),
  global: oneOf(GLOBAL_FORMS),
  fusion: oneOf(FUSION_FORMS, withTower(globalForms('dcn', 'dcn-low-rank', 'wide-and-deep'))),
  candidateDim: count(),
  featureDim: count(),
  hidden: count({ usedBy: 'all meta blocks but id', isUsed: ({ meta }) => meta !== 'id' }),
  metaLayers: count(metaForms('residual', 'transformer')),
  heads: count({
    usedBy: 'meta: transformer, global: autoint',
    isUsed: ({ meta, global }) => meta === 'transformer' || global === 'autoint',
  }),
  positions: { ...metaForms('transformer'), expected: 'a power of two', holds: isPowerOfTwo },
  foldInSteps: countOrNone(metaForms('history')),
  crossDepth: countOrNone(withTower(globalForms('dcn', 'dcn-low-rank'))),
  crossRank: count(withTower(globalForms('dcn-low-rank'))),
  attentionLayers: count(globalForms('autoint')),
  tower: listOf('whole numbers above 0', isCount, allBut('autoint')),
  dropout: {
    ...withTower(allBut('autoint', 'two-tower')),
    expected: 'a number from 0 to below 1',
    holds: (value) => typeof value === 'number' && value >= 0 && value < 1,
  },
  towerDim: count(globalForms('two-tower')),
  temperature: {
    ...globalForms('two-tower'),
    expected: 'a number above 0',
    holds: (value) => typeof value === 'number' && value > 0,
  },
  requestFeatures: listOf(
    'names of row features',
    (name) => typeof name === 'string',
    globalForms('two-tower'),
  ),
  targets: {
    ...allBut('two-tower'),
    expected: 'a list of { name, outcome, loss?, weight? } with different names',
    holds: areTargets,
  },
  wholeTableLimit: count(),
};

import { DEFAULT_MODEL_OPTIONS, META_FORMS, usedOptions } from '@limaml/models';
import type { ModelEntry } from '../spec/schema.js';
import { without } from '../without.js';
import { numberOf, Unsuitable, type AblationBase, type Factor } from './factor.js';

/** Rows of the support sets, at most. */
export const supportSize: Factor = {
  description: 'newest rows of a support set, at most, in training and in the test',
  levels: () => ['5', '10', '20', '40'],
  apply: ({ entry }, level) => ({
    ...entry,
    support: { maxSize: numberOf(level, { least: 1, whole: true }) },
  }),
};

/** Width M of the candidate's vector; a meta embedding has M + 1 numbers. */
export const embeddingSize: Factor = {
  description: "width of a candidate's vector; a meta embedding has one number more",
  levels: (base) => {
    const width = widthOf(base);
    return [Math.max(1, Math.round(width / 2)), width, 2 * width].map(String);
  },
  apply: (base, level) => {
    const width = numberOf(level, { least: 1, whole: true });
    return width === widthOf(base) ? base.entry : withWidth(base, width);
  },
};

/** The form of the meta block. */
export const metaBlock: Factor = {
  description: 'form of the meta block',
  levels: ({ entry }) => {
    if (entry.model === 'limaml') return META_FORMS;
    throw new Unsuitable(`the model plugin "${entry.model}" has one meta block`);
  },
  apply: ({ entry }, meta) => {
    const { options } = entry;
    if (meta === (options.meta ?? DEFAULT_MODEL_OPTIONS.meta)) return entry;
    return { ...entry, options: usedOptions({ ...options, meta }) };
  },
};

/** The entity features that go through the meta block. */
export const metaFeatures: Factor = {
  description: 'entity features of the meta block: all, none, or names joined by +',
  levels: ({ entry }) => {
    if (entry.entities === undefined) return ['all', 'none'];
    throw new Unsuitable('a model of several entity types has the meta features of each');
  },
  apply: ({ entry }, level) => {
    if (level === 'all') return without(entry, 'metaFeatures');
    return { ...entry, metaFeatures: level === 'none' ? [] : level.split('+') };
  },
};

/** The entity types that adapt. */
export const entities: Factor = {
  description: 'entity types that adapt jointly, joined by +; none for a model of one type',
  levels: ({ entry }) => {
    const types = entry.entities ?? [];
    if (types.length < 2) throw new Unsuitable('the model has no entity types to leave out');
    const without = types.map((left) => types.filter((type) => type !== left));
    return ['none', ...without, types].map((set) =>
      typeof set === 'string' ? set : set.join('+'),
    );
  },
  // Only a joint model has weights of entity types.
  apply: ({ entry }, level) =>
    level === 'none'
      ? without(entry, 'entities', 'entityWeights')
      : { ...entry, entities: level.split('+') },
};

/** Candidates with fitted factors have those, else learned vectors. */
function widthOf({ entry, spec }: AblationBase): number {
  const factors = (entry.encoders ?? spec.encoders).factors?.dim;
  const learned = entry.options.candidateDim ?? DEFAULT_MODEL_OPTIONS.candidateDim;
  if (factors !== undefined) return factors;
  if (entry.model === 'limaml' || 'candidateDim' in entry.options) return Number(learned);
  throw new Unsuitable(`the model plugin "${entry.model}" has no option "candidateDim"`);
}

function withWidth({ entry, spec }: AblationBase, width: number): ModelEntry {
  const encoders = entry.encoders ?? spec.encoders;
  const { factors } = encoders;
  if (factors === null) return { ...entry, options: { ...entry.options, candidateDim: width } };
  return { ...entry, encoders: { ...encoders, factors: { ...factors, dim: width } } };
}

import { interpret, type Program, type Value } from '@limaml/graph';
import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';

const dense = (name: string, owner: EncodedFeature['owner'], width = 1): EncodedFeature => ({
  ...{ name, owner, kind: 'dense', width, size: 0, vocabulary: '' },
});

const ids = (name: string, owner: EncodedFeature['owner'], width = 0): EncodedFeature => ({
  ...{ name, owner, kind: width > 0 ? 'multi' : 'categorical', width, size: 6, vocabulary: name },
});

/** A member with an id and two features, items with an id, genres, a rate and a price, and a rating. */
export const SCHEMA: FeatureSchema = {
  entity: 'member',
  metaFeatures: ['entity.age', 'entity.city'],
  features: [
    { ...ids('entity.id', 'entity'), role: 'entity-id' },
    dense('entity.age', 'entity'),
    ids('entity.city', 'entity'),
    { ...ids('row.item', 'row'), role: 'candidate-id' },
    ids('row.genres', 'row', 3),
    { ...dense('row.like_rate', 'row'), role: 'candidate-rate' },
    dense('row.price', 'row', 2),
    dense('outcome.rating', 'outcome'),
  ],
};

/** The same with fitted candidate factors. */
export const FACTOR_SCHEMA: FeatureSchema = {
  ...SCHEMA,
  features: [
    ...SCHEMA.features,
    { ...dense('row.factors', 'row', 4), role: 'candidate-factors' },
    { ...dense('row.factor_mean', 'row'), role: 'candidate-factor-mean' },
  ],
};

/** Nothing but ids: no profile, no rate, no other row feature, no outcome. */
export const BARE_SCHEMA: FeatureSchema = {
  entity: 'member',
  metaFeatures: [],
  features: SCHEMA.features.filter(({ role }) => role?.endsWith('-id')),
};

const SIZES: Readonly<Record<string, number>> = { T: 3, S: 4, Q: 2, N: 2 };

export type Feeds = Readonly<Record<string, Value>>;

/** Pseudo-random feeds, the same for the same input name. */
export function feedsOf({ inputs }: Program, sizes = SIZES): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      const shape = input.shape.map((dim) => (typeof dim === 'number' ? dim : (sizes[dim] ?? 6)));
      const count = shape.reduce((product, size) => product * size, 1);
      const data = Float64Array.from({ length: count }, (_, i) => valueOf(name, i, input.dtype));
      return [name, { shape, data }];
    }),
  );
}

function valueOf(name: string, i: number, dtype: string): number {
  const noise = Math.sin(i * 12.9898 + name.length * 78.233 + name.charCodeAt(0)) * 43758.5453;
  const uniform = noise - Math.floor(noise);
  if (name.endsWith('mask')) return i % 4 === 3 ? 0 : 1;
  if (name.endsWith('label')) return uniform > 0.5 ? 1 : 0;
  return dtype === 'int32' ? Math.floor(uniform * 6) : uniform - 0.5;
}

/** Runs a program on a subset of the feeds. */
export function run(program: Program, feeds: Feeds): Readonly<Record<string, Value>> {
  const used = Object.keys(program.inputs).map((name) => [name, feeds[name]!]);
  return interpret(program, Object.fromEntries(used) as Feeds);
}

import { z } from 'zod';
import { without } from '../without.js';
import { sweepSchema } from '../sweep/schema.js';
import { experimentSchema } from './schema.js';

/** A JSON schema, as far as it is changed here. */
type JsonSchema = z.core.JSONSchema.BaseSchema;

const REPOSITORY = 'https://github.com/limaml/limaml/blob/main/packages/experiment/schema';

/**
 * The JSON schema of experiment specs, for editors: name it as `$schema` in a `.json` spec. It is published as
 * `@limaml/experiment/experiment.schema.json`.
 *
 * @example
 * ```ts
 * writeFileSync('experiment.schema.json', JSON.stringify(experimentJsonSchema()));
 * ```
 */
export function experimentJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(writtenSchema(), { io: 'input' });
  return {
    $id: `${REPOSITORY}/experiment.schema.json`,
    title: 'Experiment spec of LiMAML',
    ...withVariants(schema),
  };
}

/**
 * The JSON schema of sweeps, for editors. It is published as `@limaml/experiment/sweep.schema.json`.
 *
 * @example
 * ```ts
 * writeFileSync('sweep.schema.json', JSON.stringify(sweepJsonSchema()));
 * ```
 */
export function sweepJsonSchema(): JsonSchema {
  const written = sweepSchema.extend({ experiment: writtenSchema() });
  const schema = z.toJSONSchema(written, { io: 'input' });
  const experiment = withVariants(schema.properties!.experiment as JsonSchema);
  return {
    ...{ $id: `${REPOSITORY}/sweep.schema.json`, title: 'Sweep of LiMAML' },
    ...schema,
    properties: { ...schema.properties, experiment },
  };
}

/** What an author can write in JSON: no plugins, and not what choosing a variant or an ablation sets. */
function writtenSchema() {
  const left = { plugins: true, variants: true, variant: true, ablation: true } as const;
  return experimentSchema.omit(left);
}

/** What a variant may change is the spec itself. */
function withVariants(schema: JsonSchema): JsonSchema {
  return { ...schema, properties: { ...schema.properties, variants: variantsOf(schema) } };
}

function variantsOf({ properties }: JsonSchema): JsonSchema {
  const { models, ...changed } = without(properties!, '$schema');
  const own = { type: 'object', properties: changed, additionalProperties: false } as const;
  const variant = partial({ ...own, properties: { ...changed, models: models! } }) as JsonSchema;
  return { type: 'object', additionalProperties: withNamedModels(variant) };
}

/** The same schema with nothing required and no defaults; of alternatives, more than one may then fit. */
function partial(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(partial);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key]) => key !== 'required' && key !== 'default');
  return Object.fromEntries(
    kept.map(([key, value]) => [key === 'oneOf' ? 'anyOf' : key, partial(value)]),
  );
}

/** Models are found by their names, so these are needed. */
function withNamedModels(variant: JsonSchema): JsonSchema {
  const models = variant.properties!.models as JsonSchema;
  const items = { ...(models.items as JsonSchema), required: ['name'] };
  return { ...variant, properties: { ...variant.properties, models: { ...models, items } } };
}

import type { JointSchema } from '@limaml/plugin';
import { optionInvalid } from '../errors.js';
import type { MetaForm } from '../forms.js';
import { readOptions, type ModelOptions, type OptionFrame } from '../options.js';

/** Options of a model of several entity types. */
export interface JointModelOptions extends ModelOptions {
  /**
   * Form of the meta block by entity type. Default: `meta` for the primary type, and `'entity'` for the others and
   * for a primary type that does not adapt.
   */
  readonly metas: Readonly<Record<string, MetaForm>>;
}

/** The global block of a joint model is one of its own: cross network and tower. */
const FRAME: OptionFrame = { fixed: { global: 'dcn', fusion: 'concat', targets: [] } };

/**
 * Fills in the defaults.
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN, LIMAML_ERR_MODELS_OPTION_INVALID, LIMAML_ERR_MODELS_OPTION_UNUSED
 */
export function readJointOptions(
  model: string,
  { primary, schemas, adapting }: JointSchema,
  { metas = {}, ...given }: Readonly<Record<string, unknown>> = {},
): { readonly model: ModelOptions; readonly forms: Readonly<Record<string, MetaForm>> } {
  const types = Object.keys(schemas);
  const options = readOptions(model, given, FRAME);
  const own = formsOf(model, metas, types);
  const byDefault = (type: string): MetaForm =>
    type === primary && adapting.includes(type) ? options.meta : 'entity';
  const forms = types.map((type) => [type, own[type] ?? byDefault(type)] as const);
  return { model: options, forms: Object.fromEntries(forms) };
}

/** Each form is checked as the option `meta` is. */
function formsOf(
  model: string,
  metas: unknown,
  types: readonly string[],
): Readonly<Record<string, MetaForm | undefined>> {
  const entries = typeof metas === 'object' && metas !== null ? Object.entries(metas) : undefined;
  const stranger = entries?.find(([type]) => !types.includes(type));
  if (entries === undefined || stranger !== undefined) {
    throw optionInvalid(model, 'metas', metas, `forms by entity type: ${types.join(', ')}`);
  }
  return Object.fromEntries(
    entries.map(([type, meta]) => [type, readOptions(model, { meta: meta as unknown }).meta]),
  );
}

import type { FeatureSchema, ModelPlugin } from '../contracts/index.js';
import { ensure, hasCode, runChecks, wordError } from './conformance.js';
import type { Check, ConformanceReport } from './conformance.js';
import { declarationChecks } from './model-declaration-checks.js';
import { testedModel } from './model-fixture.js';
import type { TestedModel } from './model-fixture.js';
import { pluginChecks } from './plugin-checks.js';
import { programChecks } from './model-program-checks.js';
import { SMALL_SCHEMA } from './model-schema.js';
import { targetChecks } from './model-target-checks.js';
import { valueChecks } from './model-value-checks.js';

/** Options of {@link testModelPlugin}. */
export interface ModelSuiteOptions {
  /** Schema to make the model for. Keep it small: the interpreter runs it. Default: {@link SMALL_SCHEMA}. */
  readonly schema?: FeatureSchema;
  /** Options of the model. Default: its own. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/**
 * Conformance suite of model plugins: options and schemas are checked, parameters and tables are named and
 * shaped sanely, the meta embedding `[T, D]` depends on the entity and its support set alone, a masked row
 * contributes exactly nothing, tasks do not see each other, no support gives the prior, gradients are finite.
 * Runs in float64 with the interpreter, under any test runner.
 *
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it
 *
 * @example
 * ```ts
 * await testModelPlugin(limamlModel(), { options: { meta: 'interaction', hidden: 4 } });
 * ```
 */
export function testModelPlugin(
  plugin: ModelPlugin,
  { schema = SMALL_SCHEMA, options = {} }: ModelSuiteOptions = {},
): Promise<ConformanceReport> {
  const make = (): TestedModel => testedModel(plugin.create(schema, options), schema);
  return runChecks(`model ${plugin.name}`, [
    ...creationChecks(plugin, schema, options, make),
    ...modelChecks(make),
  ]);
}

function creationChecks(
  plugin: ModelPlugin,
  schema: FeatureSchema,
  options: ModelSuiteOptions['options'],
  make: () => TestedModel,
): readonly Check[] {
  return [
    ...pluginChecks(plugin, 'defineModel'),
    {
      name: 'makes a model for the schema and the options',
      fix: 'Follow the message, or give the suite a schema and options that the model works with',
      run: () => {
        make();
      },
    },
    {
      name: 'refuses an option that it does not have',
      fix: 'Compare the names of options with those the model knows, and throw a LimamlError',
      run: () => {
        const create = () => plugin.create(schema, { ...options, 'no-such-option': 1 });
        ensureCoded(create, 'it took the option "no-such-option"');
      },
    },
    {
      name: 'makes a model for a schema without features, or says with a code what it needs',
      fix: 'Look for the features of a role or owner first, and throw a LimamlError where one is missing',
      run: () => {
        ensureCoded(() => plugin.create({ ...schema, metaFeatures: [], features: [] }, options));
      },
    },
  ];
}

/** None where there is no model: its own check says so. */
function modelChecks(make: () => TestedModel): readonly Check[] {
  let tested: TestedModel;
  try {
    tested = make();
  } catch {
    return [];
  }
  return [
    ...declarationChecks(tested),
    ...programChecks(tested, make),
    ...valueChecks(tested),
    ...targetChecks(tested),
  ];
}

/** Fails the running check when `create` throws an error without a code, or, with `problem`, when it throws none. */
function ensureCoded(create: () => unknown, problem?: string): void {
  try {
    create();
  } catch (error) {
    ensure(hasCode(error), `it failed without a code: ${wordError(error)}`);
    return;
  }
  ensure(problem === undefined, problem!);
}

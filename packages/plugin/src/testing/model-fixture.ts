import { flattenTree, hostTableSpecs, initParams, maml, parameterSpecs } from '@limaml/core';
import type { Algorithm, Model } from '@limaml/core';
import { interpret } from '@limaml/graph';
import type { Program, Value } from '@limaml/graph';
import type { EncodedFeature, FeatureSchema } from '../contracts/index.js';

/** A model under test, what it was made for, and the algorithm that the suite adapts it with. */
export interface TestedModel {
  readonly model: Model;
  readonly schema: FeatureSchema;
  readonly algorithm: Algorithm;
}

/** Concrete tensors by the names of program inputs. */
export type Feeds = Readonly<Record<string, Value>>;

/** Tasks, support rows, query rows; a task's rows are scored in the places of its query rows. */
export const SIZES: Readonly<Record<string, number>> = { T: 3, S: 4, Q: 2, B: 2, N: 2 };

/** Ids and table rows that feeds use, at most. */
const IDS = 6;

/** Two steps, so that a step is also taken from weights that differ between tasks. */
export function testedModel(model: Model, schema: FeatureSchema): TestedModel {
  const innerSteps = flattenTree(model.params.meta).length === 0 ? 0 : 2;
  return { model, schema, algorithm: maml({ innerSteps, innerLearningRate: 0.1 }) };
}

/** Feeds of a program of the model: numbers that look random, the same for the same name. */
export function feedsOf(tested: TestedModel, { inputs }: Program): Feeds {
  const parameters = parametersOf(tested);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      const size = (dim: number | string): number =>
        typeof dim === 'number' ? dim : (SIZES[dim] ?? touchedRows(tested, name));
      const shape = input.shape.map(size);
      const count = shape.reduce((product, length) => product * length, 1);
      const valueAt = parameters[name] ?? featureValues(tested.schema, name);
      return [name, { shape, data: Float64Array.from({ length: count }, (_, i) => valueAt(i)) }];
    }),
  );
}

/** Runs a program on those of the feeds that it takes. */
export function run(program: Program, feeds: Feeds): Readonly<Record<string, Value>> {
  const used = Object.keys(program.inputs).map((name) => [name, feeds[name]!]);
  return interpret(program, Object.fromEntries(used) as Feeds);
}

/** The feature that an input of a program carries, e.g. that of `support/row.item`. */
export function featureOf(schema: FeatureSchema, input: string): EncodedFeature | undefined {
  const name = input.replace(/^(?:support|query)\//, '');
  return schema.features.find((feature) => feature.name === name);
}

/** A number from 0 to 1 that depends on the name and the position. */
export function noise(name: string, position: number): number {
  let hash = Math.imul(position + 1, 0x9e3779b1);
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

/** First values with a little noise, so that what starts at zero takes part too. */
function parametersOf({ model, algorithm }: TestedModel): Record<string, (at: number) => number> {
  const specs = { ...parameterSpecs(model, algorithm), ...hostTableSpecs(model) };
  return Object.fromEntries(
    Object.entries(initParams(specs, 1)).map(([name, { data }]) => [
      name,
      (at) => (data[at] ?? 0) + 0.2 * (noise(name, at) - 0.5),
    ]),
  );
}

function touchedRows({ model }: TestedModel, input: string): number {
  return Math.min(IDS, model.tables[input.slice('table/'.length)]?.rows ?? IDS);
}

function featureValues(schema: FeatureSchema, input: string): (at: number) => number {
  if (input.endsWith('/mask')) return (at) => (at % 4 === 3 ? 0 : 1);
  if (input.endsWith('/label')) return (at) => Math.round(noise(input, at));
  if (input.startsWith('noise/')) return () => 1;
  const feature = featureOf(schema, input);
  if (feature === undefined || feature.kind === 'dense') return (at) => 2 * noise(input, at) - 1;
  return (at) => Math.floor(noise(input, at) * Math.min(IDS, feature.size));
}

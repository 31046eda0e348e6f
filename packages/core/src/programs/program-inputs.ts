import { type Dim, spec, type Tensor, type TensorSpec, zeros } from '@limaml/graph';
import type { Algorithm } from '../algorithm/algorithm.js';
import type { FeatureTensors, MetaInput, Model, ModelParams, SupportSet } from '../model.js';
import { mapValues } from '../map-values.js';
import type { QuerySet } from '../outer-loss.js';
import { targetOutcomes } from '../row-losses.js';
import { mapTree } from '../tree.js';
import { blockSpecs, rateSpecs } from './parameter-specs.js';

/** Specs of program inputs by name. */
export type InputSpecs = Readonly<Record<string, TensorSpec>>;

/** Symbolic tensors of program inputs by name. */
export type InputTensors = Readonly<Record<string, Tensor>>;

/** Parameters of both blocks, learned rates and tables. */
export function parameterInputs(model: Model, algorithm?: Algorithm): InputSpecs {
  const rates = algorithm === undefined ? {} : rateSpecs(model, algorithm);
  return {
    ...mapValues({ ...blockSpecs(model), ...rates }, ({ shape }) => spec(shape)),
    ...tableInputs(model),
  };
}

/** Tables: `[rows, D]` when they are fed whole, else the touched rows, `[U.<vocabulary>, D]`. */
function tableInputs({ tables }: Model): InputSpecs {
  const specs = mapValues(tables, ({ feed, rows, vocabulary, dim }) =>
    spec([feed === 'whole' ? rows : touchedRows(vocabulary), dim]),
  );
  return prefixKeys('table/', specs);
}

/** Symbol for the rows of a vocabulary that a batch touches; `+`, `*` and blanks mean something in symbols. */
function touchedRows(vocabulary: string): string {
  return `U.${vocabulary.replaceAll(/[+*\s]/g, '_')}`;
}

/** The entity's features and its support set. */
export function metaInputs(model: Model): InputSpecs {
  const { inputs } = model;
  return {
    ...inputs.entity,
    ...prefixKeys('support/', rowSpecs({ ...inputs.rows, ...supportOutcomes(model) }, 'S')),
    'support/label': spec(['T', 'S']),
    'support/mask': spec(['T', 'S']),
  };
}

/** What the meta block reads of past rows, and what targets are read from. */
function supportOutcomes(model: Model): InputSpecs {
  return { ...targetOutcomes(model), ...model.inputs.outcomes };
}

/** Query rows. */
export function queryInputs({ inputs }: Model): InputSpecs {
  return prefixKeys('query/', rowSpecs(inputs.rows, 'Q'));
}

/** What training knows beside the query rows: their labels and outcomes, dropout masks, weights of inner steps. */
export function trainingInputs(model: Model, algorithm: Algorithm): InputSpecs {
  const { stepLoss, innerSteps, innerDropout } = algorithm;
  const annealed = stepLoss !== null && 'anneal' in stepLoss && innerSteps > 0;
  return {
    ...prefixKeys('query/', rowSpecs(targetOutcomes(model), 'Q')),
    'query/label': spec(['T', 'Q']),
    'query/mask': spec(['T', 'Q']),
    ...prefixKeys('noise/', noiseSpecs(model, 'Q')),
    ...(innerDropout ? prefixKeys('noise/support/', noiseSpecs(model, 'S')) : {}),
    ...(annealed ? { [STEP_WEIGHTS]: spec([innerSteps]) } : {}),
  };
}

/** Input with the weights of the query losses after 1…K inner steps. */
export const STEP_WEIGHTS = 'step/weights';

function noiseSpecs({ noise }: Model, rows: Dim): InputSpecs {
  return mapValues(noise, ({ width }) => spec(['T', rows, width]));
}

/** Stored embeddings and the rows to score. */
export function scoreInputs({ inputs, embeddingDim }: Model): InputSpecs {
  return { embedding: spec(['T', embeddingDim]), ...rowSpecs(inputs.rows, 'N') };
}

/** Gives row features their row dimension: the second one. */
function rowSpecs(specs: InputSpecs, rows: Dim): InputSpecs {
  return mapValues(specs, ({ shape: [tasks, , ...rest], dtype }) =>
    spec([tasks!, rows, ...rest], dtype),
  );
}

export function readParams({ params }: Model, tensors: InputTensors): ModelParams<Tensor> {
  return {
    meta: mapTree(params.meta, (_, path) => tensors[`meta/${path}`]!),
    global: mapTree(params.global, (_, path) => tensors[`global/${path}`]!),
  };
}

export function readRates(tensors: InputTensors): FeatureTensors {
  return withPrefix(tensors, 'rate/');
}

export function readTables(tensors: InputTensors): FeatureTensors {
  return withPrefix(tensors, 'table/');
}

export function readMetaInput(model: Model, tensors: InputTensors): MetaInput {
  const support: SupportSet = {
    rows: pick(model.inputs.rows, tensors, 'support/'),
    outcomes: pick(supportOutcomes(model), tensors, 'support/'),
    label: tensors['support/label']!,
    mask: tensors['support/mask']!,
    ...(hasNoise(model, tensors) && { noise: pick(model.noise, tensors, 'noise/support/') }),
  };
  return { entity: pick(model.inputs.entity, tensors), support, tables: readTables(tensors) };
}

export function readQueryRows({ inputs }: Model, tensors: InputTensors): FeatureTensors {
  return pick(inputs.rows, tensors, 'query/');
}

export function readQuery(model: Model, tensors: InputTensors): QuerySet {
  return {
    rows: readQueryRows(model, tensors),
    outcomes: pick(targetOutcomes(model), tensors, 'query/'),
    label: tensors['query/label']!,
    mask: tensors['query/mask']!,
    noise: pick(model.noise, tensors, 'noise/'),
  };
}

/** Whether the inner loop is given dropout masks. */
function hasNoise({ noise }: Model, tensors: InputTensors): boolean {
  const names = Object.keys(noise);
  return names.length > 0 && names.every((name) => `noise/support/${name}` in tensors);
}

export function readRows(model: Model, tensors: InputTensors): FeatureTensors {
  return pick(model.inputs.rows, tensors);
}

/** A support set without a real row: one row of padding, zeros throughout. */
export function emptySupport(model: Model): SupportSet {
  const { inputs } = model;
  const padding = (specs: InputSpecs): FeatureTensors =>
    mapValues(rowSpecs(specs, 1), ({ shape, dtype }) => zeros(shape, dtype));
  return {
    rows: padding(inputs.rows),
    outcomes: padding(supportOutcomes(model)),
    label: zeros(['T', 1]),
    mask: zeros(['T', 1]),
  };
}

function pick(
  names: Readonly<Record<string, unknown>>,
  tensors: InputTensors,
  prefix = '',
): FeatureTensors {
  return Object.fromEntries(Object.keys(names).map((name) => [name, tensors[prefix + name]!]));
}

function withPrefix(tensors: InputTensors, prefix: string): FeatureTensors {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

function prefixKeys<Value>(
  prefix: string,
  record: Readonly<Record<string, Value>>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [prefix + key, value]));
}

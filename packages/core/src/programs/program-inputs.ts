import { type Dim, spec, type Tensor, type TensorSpec, zeros } from '@limaml/graph';
import type { Algorithm } from '../algorithm.js';
import type { FeatureTensors, MetaInput, Model, ModelParams, SupportSet } from '../model.js';
import type { QuerySet } from '../outer-loss.js';
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
export function metaInputs({ inputs }: Model): InputSpecs {
  return {
    ...inputs.entity,
    ...prefixKeys('support/', { ...rowSpecs(inputs.rows, 'S'), ...rowSpecs(inputs.outcomes, 'S') }),
    'support/label': spec(['T', 'S']),
    'support/mask': spec(['T', 'S']),
  };
}

/** Query rows and dropout masks. */
export function queryInputs({ inputs, noise }: Model): InputSpecs {
  return {
    ...prefixKeys('query/', rowSpecs(inputs.rows, 'Q')),
    'query/label': spec(['T', 'Q']),
    'query/mask': spec(['T', 'Q']),
    ...prefixKeys(
      'noise/',
      mapValues(noise, ({ width }) => spec(['T', 'Q', width])),
    ),
  };
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
    outcomes: pick(model.inputs.outcomes, tensors, 'support/'),
    label: tensors['support/label']!,
    mask: tensors['support/mask']!,
  };
  return { entity: pick(model.inputs.entity, tensors), support, tables: readTables(tensors) };
}

export function readQuery(model: Model, tensors: InputTensors): QuerySet {
  return {
    rows: pick(model.inputs.rows, tensors, 'query/'),
    label: tensors['query/label']!,
    mask: tensors['query/mask']!,
    noise: withPrefix(tensors, 'noise/'),
  };
}

export function readRows(model: Model, tensors: InputTensors): FeatureTensors {
  return pick(model.inputs.rows, tensors);
}

/** A support set without a real row: one row of padding, zeros throughout. */
export function emptySupport({ inputs }: Model): SupportSet {
  const padding = (specs: InputSpecs): FeatureTensors =>
    mapValues(rowSpecs(specs, 1), ({ shape, dtype }) => zeros(shape, dtype));
  return {
    rows: padding(inputs.rows),
    outcomes: padding(inputs.outcomes),
    label: zeros(['T', 1]),
    mask: zeros(['T', 1]),
  };
}

function pick(names: InputSpecs, tensors: InputTensors, prefix = ''): FeatureTensors {
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

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

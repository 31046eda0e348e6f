import type { Model } from '@limaml/core';
import type { FeatureSchema, ModelPlugin } from '@limaml/plugin';
import { GLOBAL_FORMS, META_FORMS } from './forms.js';
import {
  limamlModel,
  logisticMfModel,
  meLuModel,
  metaEmbModel,
  productionModel,
  wideAndDeepModel,
} from './index.js';

/** A model of the zoo in a small size. */
export interface ZooCase {
  readonly name: string;
  readonly plugin: ModelPlugin;
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether ids alone are nothing to it. */
  readonly needsFeatures?: boolean;
}

/** Sizes that keep the interpreter fast. */
const SMALL = { candidateDim: 4, featureDim: 3 };

/** One of each meta block before the smallest global block. */
export const META_CASES: readonly ZooCase[] = [
  ...META_FORMS.map((meta) => ({
    name: `meta: ${meta}`,
    plugin: limamlModel(),
    options: { ...SMALL, meta, ...(meta !== 'id' && { hidden: 6 }) },
  })),
  {
    name: 'MeLU',
    plugin: meLuModel(),
    options: { tower: [4], featureDim: 2 },
    needsFeatures: true,
  },
  { name: 'MetaEmb', plugin: metaEmbModel(), options: SMALL },
  { name: 'logistic MF, solved', plugin: logisticMfModel(), options: { candidateDim: 4 } },
  { name: 'logistic MF, adapted', plugin: logisticMfModel(), options: { foldInSteps: 0 } },
];

/** One of each global block, fusion and baseline. */
export const GLOBAL_CASES: readonly ZooCase[] = [
  ...GLOBAL_FORMS.map((global) => limaml(`global: ${global}`, { global })),
  limaml('two towers without hidden layers', { global: 'two-tower', tower: [] }),
  {
    ...limaml('request features', { global: 'two-tower', requestFeatures: ['row.genres'] }),
    needsFeatures: true,
  },
  limaml('fusion: film', { fusion: 'film' }),
  limaml('fusion: gate', { fusion: 'gate', global: 'wide-and-deep' }),
  limaml('no tower', { tower: [] }),
  {
    ...limaml('targets', { targets: [{ name: 'liked', outcome: 'outcome.rating' }] }),
    needsFeatures: true,
  },
  { name: 'production', plugin: productionModel(), options: {} },
  { name: 'wide & deep', plugin: wideAndDeepModel(), options: {} },
];

function limaml(name: string, options: Readonly<Record<string, unknown>>): ZooCase {
  return { name, plugin: limamlModel(), options: { ...SMALL, hidden: 6, ...options } };
}

export const createCase = ({ plugin, options }: ZooCase, schema: FeatureSchema): Model =>
  plugin.create(schema, options);

import {
  anil,
  boil,
  fineTuning,
  fomaml,
  imaml,
  maml,
  mamlPlusPlus,
  metaEmb,
  metaSgd,
  reptile,
} from '@limaml/core';
import { defineAlgorithm, type AlgorithmPlugin } from '@limaml/plugin';

/** Presets of `@limaml/core`. */
const PRESETS = [
  maml,
  fomaml,
  metaSgd,
  mamlPlusPlus,
  anil,
  boil,
  metaEmb,
  reptile,
  imaml,
  fineTuning,
];

/** Every preset of `@limaml/core` by its name, ready for a registry: `maml`, `fomaml`, `meta-sgd`, `maml-plus-plus`… */
export function algorithmPlugins(): readonly AlgorithmPlugin[] {
  return PRESETS.map((create) => defineAlgorithm({ name: create().name, create }));
}

import { flattenTree } from '@limaml/core';
import type { ParamSpec, TableSpec } from '@limaml/core';
import { sameShape, spec } from '@limaml/graph';
import type { TensorSpec } from '@limaml/graph';
import type { EncodedFeature } from '../contracts/index.js';
import { ensure } from './conformance.js';
import type { Check } from './conformance.js';
import type { TestedModel } from './model-fixture.js';

/** Checks of what a model states about itself. */
export function declarationChecks(tested: TestedModel): readonly Check[] {
  return [
    {
      name: 'reads features of the schema, in their shapes',
      fix: 'Take `inputs` from the features that create() is given: [T] or [T, B], then the width where it is not 0',
      run: () => {
        checkInputs(tested);
      },
    },
    {
      name: 'has parameters with names, whole sizes and finite first values',
      fix: 'Name every parameter without slashes and blanks, and give it sizes from 1 on',
      run: () => {
        checkParameters(tested);
      },
    },
    {
      name: 'has tables that hold the ids of a vocabulary of the schema',
      fix: "Take `vocabulary` and `rows` of a table from the feature's vocabulary and size, and feed tables of one vocabulary alike",
      run: () => {
        checkTables(tested);
      },
    },
    {
      name: 'names the layers of its head as its parameters are named',
      fix: 'Write names of meta parameters, or beginnings of them, into `head`: meta/<path>; or leave it out',
      run: () => {
        checkHead(tested);
      },
    },
    {
      name: 'has dropout rates from 0 to below 1',
      fix: 'Correct `noise`: a whole width from 1 on, and a rate below 1',
      run: () => {
        for (const [name, { width, rate }] of Object.entries(tested.model.noise)) {
          ensure(isSize(width), `noise "${name}" has the width ${width}`);
          ensure(rate >= 0 && rate < 1, `noise "${name}" has the rate ${rate}`);
        }
      },
    },
  ];
}

function checkInputs({ model, schema }: TestedModel): void {
  ensure(isSize(model.embeddingDim), `embeddingDim is ${model.embeddingDim}`);
  const groups = { entity: 'entity', rows: 'row', outcomes: 'outcome' } as const;
  for (const group of ['entity', 'rows', 'outcomes'] as const) {
    for (const [name, input] of Object.entries(model.inputs[group])) {
      const feature = schema.features.find((candidate) => candidate.name === name);
      ensure(feature !== undefined, `inputs.${group} has "${name}", which the schema has not`);
      const fits = feature.owner === groups[group];
      ensure(fits, `inputs.${group} has "${name}", a feature of the ${feature.owner}`);
      ensureSpec(name, input, expectedSpec(feature));
    }
  }
}

function ensureSpec(name: string, found: TensorSpec, expected: TensorSpec): void {
  const same = found.dtype === expected.dtype && sameShape(found.shape, expected.shape);
  ensure(same, `"${name}" is ${spell(found)}, the schema says ${spell(expected)}`);
}

function expectedSpec({ owner, kind, width }: EncodedFeature): TensorSpec {
  const outer = owner === 'entity' ? ['T'] : ['T', 'B'];
  const shape = kind === 'categorical' ? outer : [...outer, width];
  return spec(shape, kind === 'dense' ? 'float32' : 'int32');
}

function spell({ shape, dtype }: TensorSpec): string {
  return `${dtype} [${shape.join(', ')}]`;
}

function checkParameters({ model }: TestedModel): void {
  for (const block of ['meta', 'global'] as const) {
    for (const [path, parameter] of flattenTree(model.params[block]))
      checkParameter(`${block}/${path}`, parameter);
  }
}

function checkParameter(name: string, { shape, init }: ParamSpec): void {
  const named = name.split('/').every((key) => /^\S+$/.test(key));
  ensure(named, `a parameter is called ${JSON.stringify(name)}`);
  ensure(shape.every(isSize), `${name} has the shape [${shape.join(', ')}]`);
  ensureInit(name, init);
}

function ensureInit(name: string, init: ParamSpec['init']): void {
  const numbers = Object.values(init).filter((value) => typeof value === 'number');
  ensure(numbers.every(Number.isFinite), `${name} starts with ${JSON.stringify(init)}`);
}

function checkTables({ model, schema }: TestedModel): void {
  const feeds = new Map<string, TableSpec['feed']>();
  for (const [name, { vocabulary, rows, dim, init, feed }] of Object.entries(model.tables)) {
    const features = schema.features.filter((feature) => feature.vocabulary === vocabulary);
    ensure(
      features.length > 0,
      `table "${name}" is for the vocabulary "${vocabulary}", which no feature has`,
    );
    const ids = Math.max(...features.map(({ size }) => size));
    ensure(rows >= ids, `table "${name}" has ${rows} rows for ${ids} ids`);
    ensure(isSize(rows) && isSize(dim), `table "${name}" has the shape [${rows}, ${dim}]`);
    ensureInit(`table "${name}"`, init);
    const other = feeds.get(vocabulary) ?? feed;
    ensure(other === feed, `tables of the vocabulary "${vocabulary}" are fed ${other} and ${feed}`);
    feeds.set(vocabulary, feed);
  }
}

function checkHead({ model }: TestedModel): void {
  const names = flattenTree(model.params.meta).map(([path]) => `meta/${path}`);
  for (const start of model.head ?? []) {
    ensure(
      start !== '' && names.some((name) => name.startsWith(start)),
      `head names "${start}"; the meta block has ${names.join(', ') || 'no parameters'}`,
    );
  }
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

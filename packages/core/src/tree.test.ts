import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branch, flattenTree, leaf, mapTree, type Tree, unflattenTree } from './tree.js';

interface Leaf {
  readonly shape: readonly number[];
}

const key = fc.oneof(fc.stringMatching(/^[a-z0-9]{1,3}$/), fc.constantFrom('__proto__', 'shape'));
const leaves: fc.Arbitrary<Leaf> = fc.record({ shape: fc.array(fc.nat(4), { maxLength: 3 }) });

/** Trees without empty branches, which no list of leaves can tell of. */
const trees = fc.letrec<{ tree: Tree<Leaf> }>((tie) => ({
  tree: fc.dictionary(key, fc.oneof({ weight: 3, arbitrary: leaves }, tie('tree')), {
    minKeys: 1,
    maxKeys: 3,
    depthIdentifier: 'tree',
  }),
})).tree;

const law = { seed: 1, numRuns: 100 };

describe('trees', () => {
  it('unflatten ∘ flatten changes no path and no leaf', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const entries = flattenTree(tree);
        expect(flattenTree(unflattenTree(entries))).toEqual(entries);
      }),
      law,
    );
  });

  it('map keeps structure: identity, and paths are those of flatten', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const pairs: [string, Leaf][] = [];
        const copy = mapTree(tree, (value, path) => {
          pairs.push([path, value]);
          return value;
        });
        expect(flattenTree(copy)).toEqual(flattenTree(tree));
        expect(pairs).toEqual(flattenTree(tree));
      }),
      law,
    );
  });

  it('flatten of a flat record of paths gives its entries', () => {
    const values = { 'meta/bias': { shape: [1] }, 'meta/kernel': { shape: [2, 1] } };
    expect(flattenTree(values)).toEqual(Object.entries(values));
  });

  it.each([[['a', 'a']], [['a', 'a/b']], [['a/b', 'a']]])('refuses %j', (paths) => {
    const entries = paths.map((path) => [path, { shape: [] }] as const);
    expect(() => unflattenTree(entries)).toThrow('LIMAML_ERR_CORE_PATH_CONFLICT');
  });

  it('names what is missing', () => {
    const tree: Tree<Leaf> = { tower: { kernel: { shape: [2] } } };
    expect(leaf(branch(tree, 'tower'), 'kernel').shape).toEqual([2]);
    expect(() => branch(tree, 'head')).toThrow(/LIMAML_ERR_CORE_PARAMETER_MISSING.*"head".*tower/);
    expect(() => leaf(tree, 'tower')).toThrow('LIMAML_ERR_CORE_PARAMETER_MISSING');
    expect(() => branch(branch(tree, 'tower'), 'kernel')).toThrow(
      'LIMAML_ERR_CORE_PARAMETER_MISSING',
    );
  });
});

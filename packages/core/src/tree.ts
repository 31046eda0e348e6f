import { parameterMissing, pathConflict } from './errors.js';

/**
 * A nested record with leaves of one kind: the shape of everything that is "one value per parameter"
 * (specs, symbolic tensors, values, gradients, optimiser state). Lists are records keyed `'0'`, `'1'`…
 *
 * A flat record of paths (`{ 'meta/bias': … }`) is a tree too: flattening it changes nothing.
 */
export interface Tree<Leaf> {
  readonly [key: string]: Leaf | Tree<Leaf>;
}

/** What tells a leaf from a branch: a leaf has a shape, whatever else it has. */
export interface Shaped {
  readonly shape: readonly (number | string)[];
}

/** Joins the keys on the way to a leaf: `meta/layers/0/kernel`. */
const SEPARATOR = '/';

/**
 * Applies `change` to every leaf; the result has the same keys in the same order.
 *
 * @example
 * ```ts
 * const shapes = mapTree(model.params.meta, (leaf) => spec(leaf.shape));
 * ```
 */
export function mapTree<Leaf extends Shaped, Result>(
  tree: Tree<Leaf>,
  change: (leaf: Leaf, path: string) => Result,
  path = '',
): Tree<Result> {
  return Object.fromEntries(
    Object.entries(tree).map(([key, node]) => {
      const here = path + key;
      return [key, isLeaf(node) ? change(node, here) : mapTree(node, change, here + SEPARATOR)];
    }),
  );
}

/**
 * Lists leaves with their paths, in key order, depth first.
 *
 * @example
 * ```ts
 * flattenTree({ layers: { 0: { kernel } }, bias }); // [['layers/0/kernel', kernel], ['bias', bias]]
 * ```
 */
export function flattenTree<Leaf extends Shaped>(
  tree: Tree<Leaf>,
  path = '',
): readonly (readonly [path: string, leaf: Leaf])[] {
  return Object.entries(tree).flatMap(([key, node]) =>
    isLeaf(node) ? [[path + key, node] as const] : flattenTree(node, path + key + SEPARATOR),
  );
}

/**
 * Builds the tree whose {@link flattenTree} is `entries`.
 *
 * @throws LIMAML_ERR_CORE_PATH_CONFLICT when a path occurs twice, or is both a leaf and a branch
 */
export function unflattenTree<Leaf extends Shaped>(
  entries: Iterable<readonly [path: string, leaf: Leaf]>,
): Tree<Leaf> {
  const root = emptyBranch<Leaf>();
  for (const [path, value] of entries) {
    const keys = path.split(SEPARATOR);
    const last = keys.pop()!;
    const parent = keys.reduce((node, key) => descend(node, key, path), root);
    if (Object.hasOwn(parent, last)) throw pathConflict(path);
    parent[last] = value;
  }
  return root;
}

/**
 * The branch under `key`, for layers that hold layers.
 *
 * @throws LIMAML_ERR_CORE_PARAMETER_MISSING when there is none
 */
export function branch<Leaf extends Shaped>(tree: Tree<Leaf>, key: string): Tree<Leaf> {
  const node = tree[key];
  if (node === undefined || isLeaf(node)) throw parameterMissing(key, Object.keys(tree));
  return node;
}

/**
 * The leaf under `key`.
 *
 * @throws LIMAML_ERR_CORE_PARAMETER_MISSING when there is none
 */
export function leaf<Leaf extends Shaped>(tree: Tree<Leaf>, key: string): Leaf {
  const node = tree[key];
  if (node === undefined || !isLeaf(node)) throw parameterMissing(key, Object.keys(tree));
  return node;
}

interface MutableTree<Leaf> extends Tree<Leaf> {
  [key: string]: Leaf | MutableTree<Leaf>;
}

/** Without a prototype, so that no key (`__proto__`) means anything special. */
function emptyBranch<Leaf>(): MutableTree<Leaf> {
  return Object.create(null) as MutableTree<Leaf>;
}

function descend<Leaf extends Shaped>(
  node: MutableTree<Leaf>,
  key: string,
  path: string,
): MutableTree<Leaf> {
  const next = Object.hasOwn(node, key) ? node[key]! : (node[key] = emptyBranch());
  if (isLeaf(next)) throw pathConflict(path);
  return next;
}

function isLeaf<Leaf extends Shaped>(node: Leaf | Tree<Leaf>): node is Leaf {
  return Array.isArray((node as Shaped).shape);
}

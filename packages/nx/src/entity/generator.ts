import { filesExist, nameInvalid } from '../errors.js';
import { packageVersion } from '../version.js';
import { entityFiles } from './files.js';

/** What the generator needs of an Nx `Tree`; paths start at its root. */
export interface GeneratorTree {
  exists(path: string): boolean;
  write(path: string, content: string): void;
}

/** Options of {@link entityGenerator}. */
export interface EntityGeneratorOptions {
  /** Entity type, as datasets name it: `course`. */
  readonly name: string;
  /** Folder of the package. Default: `limaml-entity-<name>`. */
  readonly directory?: string;
}

/** What was generated. */
export interface GeneratedPackage {
  /** Name of the package. */
  readonly name: string;
  readonly directory: string;
  /** Paths of its files, from the root of the tree. */
  readonly files: readonly string[];
}

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const MAX_LENGTH = 40;

/**
 * Writes a package with an entity plugin, its types, a README and a conformance test that passes. It is what
 * `nx g @limaml/nx:entity course` and `limaml create entity course` run.
 *
 * @throws LIMAML_ERR_NX_NAME_INVALID
 * @throws LIMAML_ERR_NX_FILES_EXIST before anything is written
 *
 * @example
 * ```ts
 * const files = new Map<string, string>();
 * const tree = { exists: (path: string) => files.has(path), write: (path: string, text: string) => files.set(path, text) };
 * entityGenerator(tree, { name: 'course' }).files; // ['limaml-entity-course/package.json', …]
 * ```
 */
export function entityGenerator(
  tree: GeneratorTree,
  { name, directory = `limaml-entity-${name}` }: EntityGeneratorOptions,
): GeneratedPackage {
  if (!NAME.test(name) || name.length > MAX_LENGTH) throw nameInvalid(name);
  const files = Object.entries(entityFiles(name, packageVersion())).map(
    ([path, text]) => [`${directory.replace(/\/+$/, '')}/${path}`, text] as const,
  );
  const existing = files.map(([path]) => path).filter((path) => tree.exists(path));
  if (existing.length > 0) throw filesExist(directory, existing);
  for (const [path, text] of files) tree.write(path, text);
  return { name: `limaml-entity-${name}`, directory, files: files.map(([path]) => path) };
}

import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { describe, expect, it } from 'vitest';
import { entityGenerator } from '../index.js';
import type { EntityGeneratorOptions } from '../index.js';

function generate(options: EntityGeneratorOptions, tree: Tree = createTreeWithEmptyWorkspace()) {
  const generated = entityGenerator(tree, options);
  const read = (path: string): string => tree.read(`${generated.directory}/${path}`, 'utf8')!;
  return { ...generated, tree, read };
}

describe('the entity generator', () => {
  it('writes a package into the tree of an Nx workspace', () => {
    const { name, files, read } = generate({ name: 'course' });
    expect(name).toBe('limaml-entity-course');
    expect(files).toContain('limaml-entity-course/src/index.test.ts');
    expect(read('src/index.ts')).toContain('export function courseEntity(');
    expect(read('README.md')).toContain("plugins: ['limaml-entity-course']");
    const manifest: unknown = JSON.parse(read('package.json'));
    expect(manifest).toMatchObject({
      name: 'limaml-entity-course',
      scripts: { test: 'vitest run' },
      peerDependencies: { '@limaml/plugin': expect.stringMatching(/^\^\d+\.\d+\.\d+/) as string },
    });
  });

  it('makes identifiers of names with hyphens', () => {
    const { read } = generate({ name: 'job-alert-2', directory: 'packages/alerts/' });
    expect(read('src/index.ts')).toMatch(/'job-alert-2': JobAlert2Entity;/);
    expect(read('src/index.test.ts')).toContain("import { jobAlert2Entity } from './index.js'");
  });

  it.each(['', 'Course', '2nd', 'a_b', '../evil', 'a--b', 'a-', 'é', 'n'.repeat(41), "a'b"])(
    'refuses the name %j',
    (name) => {
      expect(() => generate({ name })).toThrow(/LIMAML_ERR_NX_NAME_INVALID/);
    },
  );

  it('never replaces a file, and writes nothing then', () => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('limaml-entity-course/src/index.ts', 'precious');
    expect(() => generate({ name: 'course' }, tree)).toThrow(/FILES_EXIST.*src\/index\.ts/s);
    expect(tree.exists('limaml-entity-course/package.json')).toBe(false);
    expect(tree.read('limaml-entity-course/src/index.ts', 'utf8')).toBe('precious');
  });
});

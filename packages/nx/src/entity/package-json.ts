/** Manifest of an entity package. The versions of tools are those that its test is known to pass with. */
export function packageJson(name: string, version: string): string {
  const manifest = {
    name: `limaml-entity-${name}`,
    version: '0.1.0',
    description: `LiMAML entity adapter: each ${name} is a task.`,
    type: 'module',
    sideEffects: false,
    keywords: ['limaml', 'limaml-plugin'],
    files: ['dist'],
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    engines: { node: '^20.19.0 || >=22.12.0' },
    scripts: {
      build: 'tsc -p tsconfig.build.json',
      prepack: 'npm run build',
      test: 'vitest run',
      typecheck: 'tsc -p tsconfig.json',
    },
    peerDependencies: { '@limaml/plugin': `^${version}` },
    devDependencies: {
      '@limaml/plugin': `^${version}`,
      '@types/node': '^20.19.0',
      typescript: '^6.0.3',
      vitest: '^4.1.12',
    },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

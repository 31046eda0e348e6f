import { packageJson } from './package-json.js';
import { readmeText } from './readme-text.js';
import { sourceText } from './source-text.js';
import { testText } from './test-text.js';
import { buildConfig, typeConfig } from './type-config.js';

/**
 * The files of an entity package by path.
 *
 * @param name entity type
 * @param version version of LiMAML that the package is written for
 */
export function entityFiles(name: string, version: string): Readonly<Record<string, string>> {
  return {
    'package.json': packageJson(name, version),
    'tsconfig.json': typeConfig(),
    'tsconfig.build.json': buildConfig(),
    'README.md': readmeText(name),
    'src/index.ts': sourceText(name),
    'src/index.test.ts': testText(name),
    '.gitignore': 'node_modules/\ndist/\n',
  };
}

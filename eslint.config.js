import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** A layer may import itself and the layers below it; there are no circles. */
const layers = [0, 1, 2, 3, 4].map((level) => ({
  sourceTag: `layer:${level}`,
  onlyDependOnLibsWithTags: Array.from({ length: level + 1 }, (_, below) => `layer:${below}`),
}));

export default tseslint.config(
  {
    name: 'ignored',
    ignores: [
      '**/dist',
      '**/out-tsc',
      '**/generated',
      'docs/public/api',
      'docs/.vitepress/{cache,dist}',
      '.nx',
      '**/.venv',
    ],
  },
  { name: 'javascript', ...js.configs.recommended },
  {
    name: 'typescript',
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['packages/*/tsconfig.*.json', 'apps/*/tsconfig.*.json', 'tsconfig.tools.json'],
      },
    },
    rules: {
      // Typed arrays are read with `!` inside checked loops; `noUncheckedIndexedAccess` would else demand a test per element.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Methods of asynchronous contracts stay async where one implementation happens not to wait.
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    name: 'tests',
    files: ['**/*.test.ts', '**/*.test-support.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    name: 'module-boundaries',
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          depConstraints: [
            ...layers,
            // Entity adapters are written with the public plugin contract only, and never know each other.
            {
              sourceTag: 'type:entity',
              notDependOnLibsWithTags: ['type:entity', 'layer:2', 'layer:4'],
            },
          ],
        },
      ],
    },
  },
  {
    name: 'scripts',
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    name: 'commonjs',
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly' } },
  },
  prettier,
);

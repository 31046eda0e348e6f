/** `tsconfig.json`: checks everything, writes nothing. */
export function typeConfig(): string {
  return toJson({
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      module: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ['src'],
  });
}

/** `tsconfig.build.json`: writes what is published. */
export function buildConfig(): string {
  return toJson({
    extends: './tsconfig.json',
    compilerOptions: { rootDir: 'src', outDir: 'dist', noEmit: false, declaration: true },
    exclude: ['src/**/*.test.ts'],
  });
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

export { EXIT } from './exit-codes.js';
export type { ExitCode } from './exit-codes.js';
export { processIo } from './io.js';
export type { CliIo, TextSink } from './io.js';
export { defineConfig } from './define-config.js';
export type { LimamlConfig } from './define-config.js';
export { main } from './main.js';

export { EXIT } from './exit-codes.js';
export type { ExitCode } from './exit-codes.js';
export { processIo } from './io.js';
export type { CliIo, TextSink } from './io.js';
export type { LimamlConfig } from './config.js';
export { main } from './main.js';

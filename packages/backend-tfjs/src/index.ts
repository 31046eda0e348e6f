export { createTfjsExecutor } from './executor.js';
export type { TfjsExecutor, TfjsExecutorOptions } from './executor.js';
export type { TfjsBackend } from './tfjs.js';

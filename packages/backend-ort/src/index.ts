export { createOrtExecutor } from './executor.js';
export type { OrtExecutor, OrtExecutorOptions } from './executor.js';

export { createOrtExecutor } from './executor.js';
export type { OrtExecutor, OrtExecutorOptions } from './ort-executor.js';

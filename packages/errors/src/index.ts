export { LimamlError, isLimamlError } from './limaml-error.js';
export type { ErrorDetails, ErrorPlace } from './limaml-error.js';

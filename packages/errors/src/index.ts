export { LimamlError, isLimamlError } from './limaml-error.js';
export type { ErrorDetails, ErrorPlace } from './limaml-error.js';
export { didYouMean, suggest } from './suggest.js';

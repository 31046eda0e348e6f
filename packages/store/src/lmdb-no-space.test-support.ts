import { isLimamlError } from '@limaml/errors';
import { lmdbStore } from './index.js';

// Runs with so small a limit on the size of files that not even an empty store fits. Prints the code.
process.on('SIGXFSZ', () => undefined);

const failure = await lmdbStore()
  .open(process.env.STORE_FOLDER!)
  .catch((error: unknown) => error);
console.log(JSON.stringify({ code: isLimamlError(failure) && failure.code }));

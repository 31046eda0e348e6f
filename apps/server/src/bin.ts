import { isLimamlError } from '@limaml/errors';
import { CommanderError } from 'commander';
import { createServer } from './create-server.js';
import { readCommandLine } from './program.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

try {
  const server = await createServer(readCommandLine(process.argv.slice(2)));
  for (const signal of SIGNALS) {
    // A second signal ends the process at once, as usual.
    process.once(signal, () => void server.close());
  }
  await server.listen();
} catch (error) {
  // Commander has written what is wrong with the command line already.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${isLimamlError(error) ? error.message : String(error)}\n`);
    process.exitCode = isLimamlError(error) ? 1 : 70;
  }
}

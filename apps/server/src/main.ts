import { isLimamlError } from '@limaml/errors';
import { CommanderError } from 'commander';
import { createServer, type Server } from './create-server.js';
import { readCommandLine } from './program.js';
import { readOptions } from './read-options.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Exit codes: failed with a coded error, wrong command line, a defect. */
const EXIT = { failed: 1, usage: 2, internal: 70 } as const;

/**
 * Runs the `limaml-server` command until a signal ends it: what has begun is answered, then the process ends.
 *
 * @param argv arguments after the program's name
 */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const server = await createServer(await readOptions(readCommandLine(argv)));
    closeOnSignal(server);
    await server.listen();
  } catch (error) {
    // Commander has written what is wrong with the command line, or the help that was asked for.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
    else report(error);
  }
}

function closeOnSignal(server: Server): void {
  // A second signal ends the process at once, as usual.
  for (const signal of SIGNALS) process.once(signal, () => void server.close().catch(report));
}

function report(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = isLimamlError(error) ? EXIT.failed : EXIT.internal;
}

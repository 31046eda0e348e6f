import { Command, InvalidArgumentError } from 'commander';
import type { ServerOptions } from './options.js';
import { readVersion } from './version.js';

const EXAMPLES = `
Examples:
  $ limaml-server --bundle bundles/first --store stores/first
  $ limaml-server --bundles bundles --store 'stores/{bundle}' --port 9000
  $ curl -s localhost:8080/v1/score -H 'content-type: application/json' \\
      -d '{"requests": [{"entity": "member-7", "candidates": ["job-1", "job-2"]}]}'

Without --config, --host other than this machine's own is refused unless callers must prove who they are.`;

/** The command line's grammar. */
export function createProgram(): Command {
  return new Command('limaml-server')
    .description('Scores, ranks, adapts and learns from events over HTTP.')
    .version(readVersion())
    .option('--bundle <folder>', 'bundle to serve')
    .option('--bundles <folder>', 'folder of bundles, any of which can be activated')
    .requiredOption('--store <location>', 'LMDB folder or redis:// address of the embeddings')
    .option('--store-prefix <prefix>', 'begins every key of a Redis store')
    .option('--host <address>', 'address to listen at (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen at, 0 for a free one (default: 8080)', wholeNumber)
    .option('--workers <number>', 'worker threads that run the models (default: 0)', wholeNumber)
    .option('--log-level <level>', 'least level that is logged (default: info)')
    .option('--log-requests', 'log every request, not only those that fail')
    .addHelpText('after', EXAMPLES);
}

/** Reads the options of a server from the command line. */
export function readCommandLine(argv: readonly string[]): ServerOptions {
  return createProgram()
    .exitOverride()
    .parse([...argv], { from: 'user' })
    .opts<ServerOptions>();
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}

import { Command, InvalidArgumentError } from 'commander';
import { readVersion } from './version.js';

const EXAMPLES = `
Examples:
  $ limaml-server --bundle bundles/first --store stores/first --events events/first
  $ limaml-server --bundles bundles --store 'stores/{bundle}' --port 9000
  $ limaml-server --config server.json --host 0.0.0.0 --access access.json
  $ curl -s localhost:8080/v1/score -H 'content-type: application/json' \\
      -d '{"requests": [{"entity": "member-7", "candidates": ["job-1", "job-2"]}]}'

A configuration file holds the options of createServer() as JSON; the command line counts more.
SIGTERM and Ctrl-C answer what has begun and end. Error codes: docs/reference/errors/server.md.`;

/** What the command line says; the names of options are those of {@link createProgram}. */
export interface CommandLine {
  readonly config?: string;
  readonly bundle?: string;
  readonly bundles?: string;
  readonly store?: string;
  readonly storePrefix?: string;
  readonly events?: string;
  readonly access?: string;
  readonly open?: true;
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number;
  readonly logLevel?: string;
  readonly logRequests?: true;
}

/** The command line's grammar. */
export function createProgram(): Command {
  return new Command('limaml-server')
    .description('Scores, ranks, adapts and learns from events over HTTP.')
    .version(readVersion())
    .option('--config <file>', 'JSON file with options')
    .option('--bundle <folder>', 'bundle to serve')
    .option('--bundles <folder>', 'folder of bundles, any of which can be activated')
    .option('--store <location>', 'LMDB folder or redis:// address of the embeddings')
    .option('--store-prefix <prefix>', 'begins every key of a Redis store')
    .option('--events <location>', 'LMDB folder or redis:// address of the event log')
    .option(
      '--access <file>',
      'JSON file that says who may do what (default: everybody everything)',
    )
    .option('--open', 'listen to other machines without an access list')
    .option('--host <address>', 'address to listen at (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen at, 0 for a free one (default: 8080)', wholeNumber)
    .option('--workers <number>', 'worker threads that run the models (default: 0)', wholeNumber)
    .option('--log-level <level>', 'least level that is logged (default: info)')
    .option('--log-requests', 'log every request, not only those that fail')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
}

/** Reads the command line. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  return createProgram()
    .parse([...argv], { from: 'user' })
    .opts<CommandLine>();
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}

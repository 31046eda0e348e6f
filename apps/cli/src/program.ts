import { Command } from 'commander';
import { addAblate } from './commands/ablate.js';
import { addCompare } from './commands/compare.js';
import { addCreateEntity } from './commands/create-entity.js';
import { addDownload } from './commands/download.js';
import { addExperiment } from './commands/experiment.js';
import { addExport } from './commands/export.js';
import { addGenerate } from './commands/generate.js';
import { addPlugins } from './commands/plugins.js';
import { addReport } from './commands/report.js';
import { addInspect } from './commands/inspect.js';
import { addSchema } from './commands/schema.js';
import { addScore } from './commands/score.js';
import { addSeedWindows } from './commands/seed-windows.js';
import { addSimulate } from './commands/simulate.js';
import { addSweep } from './commands/sweep.js';
import { addTrain } from './commands/train.js';
import type { CliIo } from './io.js';
import { readVersion } from './version.js';

const FOOTER = `
Examples:
  $ limaml simulate --out data/marketplace
  $ limaml download ml-1m --accept-licence
  $ limaml experiment examples/experiments/ml-1m-t.ts --data ml-1m=data/ml-1m --seeds 3 --out runs/ml-1m-t
  $ limaml export runs/ml-1m-t --out bundles/ml-1m

Exit codes: 0 done · 1 failed, with a coded error · 2 wrong command line · 70 a defect in limaml · 130 interrupted
Error codes are explained in docs/reference/errors/. LIMAML_DEBUG=1 does the same as --verbose.
Plugins: a limaml.config.ts in the working directory lists them; "limaml plugins" shows what is registered.`;

/** The command line's grammar. */
export function createProgram(io: CliIo): Command {
  const program = new Command('limaml')
    .description('Meta-learned personalisation: train, export, generate meta embeddings and score.')
    .version(readVersion())
    .option('--json', 'print the result as one JSON document on standard output')
    .option('--quiet', 'print no progress')
    .option('--verbose', 'print stack traces of errors')
    .addHelpText('after', FOOTER);
  prepare(program, io);
  const adders = [
    ...[addSimulate, addDownload, addTrain, addExperiment, addAblate, addSweep],
    ...[addReport, addCompare, addExport, addInspect, addGenerate, addSeedWindows],
    ...[addScore, addPlugins, addSchema, addCreateEntity],
  ];
  for (const add of adders) {
    prepare(add(program, io), io);
  }
  return program;
}

/** The same manners for the program and each command. */
function prepare(command: Command, io: CliIo): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options and examples)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
}

import {
  ablationFactors,
  ablationSection,
  createReport,
  defineAblation,
  reportAsText,
} from '@limaml/experiment';
import type { Command } from 'commander';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { chooseSeeds, loadSpec } from '../experiment-spec.js';
import type { CliIo } from '../io.js';
import { idList, namedLevels, namedPath, wholeNumber } from '../options.js';
import { PROVIDER_HELP } from '../provider.js';
import { runSpec, type RunSpecOptions } from '../run-spec.js';

interface AblateOptions extends RunSpecOptions {
  readonly model?: string;
  readonly variant?: string;
  readonly over?: readonly string[];
  readonly levels?: Readonly<Record<string, readonly string[]>>;
  readonly seeds?: number;
}

const FACTORS = ablationFactors().map(
  ({ name, description }) => `  ${name.padEnd(15)} ${description}`,
);

const EXAMPLES = `
What can be changed, each with usual levels:
${FACTORS.join('\n')}

Examples:
  $ limaml ablate examples/experiments/quickstart.ts --over inner-steps,order --seeds 3 --jobs 2 --out runs/ablation
  $ limaml ablate spec.ts --model LiMAML --over inner-steps --levels inner-steps=0,2,4 --data clicks=data --out runs/steps
  $ limaml ablate spec.ts --levels entities=member,member+job --over entities --out runs/entities

One model is trained for each level, with everything else as the spec says, and compared with the model as it is.
The folder is that of an ordinary experiment: --resume, "limaml report" and "limaml export" work on it.`;

export function addAblate(program: Command, io: CliIo): Command {
  const command = program
    .command('ablate <spec>')
    .description('Change one thing of a model at a time, and tell what each is worth.')
    .requiredOption('--out <folder>', 'folder for results and runs')
    .option('--model <name>', 'model of the spec (default: its first)')
    .option('--variant <name>', 'variant of the spec (default: the spec as it is)')
    .option(
      '--over <list>',
      'what is changed, separated by commas (default: all that suits)',
      idList,
    )
    .option('--levels <name=list>', 'levels of one of them; may be repeated', namedLevels)
    .option('--data <name=path>', 'where a dataset is; may be repeated', namedPath)
    .option('--seeds <n>', 'number of seeds (default: those of the spec)', wholeNumber(1))
    .option('--jobs <n>', 'runs at once, each in a process of its own', wholeNumber(1), 1)
    .option('--provider <name>', PROVIDER_HELP)
    .option('--no-compile-cache', 'keep no compiled programs in the folder')
    .option('--resume', 'go on with what is in the folder')
    .option('--overwrite', 'start again, replacing what is in the folder')
    .addHelpText('after', EXAMPLES);
  return runs<AblateOptions>(command, io, ablate);
}

async function ablate(
  context: CommandContext,
  options: AblateOptions,
  [file]: readonly string[],
): Promise<CommandResult> {
  const { variant, seeds, model, over, levels } = options;
  const path = context.path(file!);
  const spec = chooseSeeds(await loadSpec(path, variant), seeds);
  const ablation = defineAblation(spec, context.registry, {
    ...(model !== undefined && { model }),
    ...(over && { over }),
    ...(levels && { levels }),
  });
  const results = await runSpec(context, path, ablation, options);
  const { failure, ...report } = await createReport(results, [ablationSection()]);
  const text = `${reportAsText(report)}\nAll numbers: "limaml report ${options.out}", results.json`;
  return { text, json: results, ...(failure && { failure }) };
}

import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock, ReportEnvironment, ReportPlugin, ReportResults } from '@limaml/plugin';

/** Commands of `limaml` that make results; another program may have been started with anything. */
const COMMANDS = ['experiment', 'train', 'sweep', 'ablate'];
const GIB = 2 ** 30;

/** The exact command, and where it ran. */
export function originSection(): ReportPlugin {
  return defineReportSection({
    name: 'origin',
    title: 'How to repeat this',
    render: ({ environment, data, leakChecks }) =>
      environment && [
        ...commandBlocks(environment),
        originTable(environment, data),
        ...leakBlocks(leakChecks),
      ],
  });
}

function commandBlocks({ command }: ReportEnvironment): readonly ReportBlock[] {
  if (command.length === 0) return [];
  const program = COMMANDS.includes(command[0]!) ? ['limaml'] : [];
  return [{ kind: 'text', format: 'code', text: [...program, ...command].map(quote).join(' ') }];
}

function leakBlocks(checks: ReportResults['leakChecks'] = []): readonly ReportBlock[] {
  if (checks.length === 0) return [];
  return [{ kind: 'text', text: `Checked before anything was fitted: ${checks.join('; ')}.` }];
}

/** An argument as a shell takes it. */
function quote(argument: string): string {
  const plain = /^[\w@%+=:,./-]+$/.test(argument);
  return plain ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

function originTable(
  environment: ReportEnvironment,
  { fingerprint }: ReportResults['data'],
): ReportBlock {
  const { processor, cores, memory, platform, commit, versions } = environment;
  const rows = [
    ['processor', `${processor}, ${cores} cores`],
    ['memory', `${(memory / GIB).toFixed(1)} GiB`],
    ['platform', platform],
    [
      'versions',
      Object.entries(versions)
        .map((entry) => entry.join(' '))
        .join(', '),
    ],
    ...(commit === undefined ? [] : [['commit', commit]]),
    ...(fingerprint === undefined ? [] : [['fingerprint of the data', fingerprint]]),
  ];
  const columns = [{ name: 'what' }, { name: 'value', align: 'left' as const }];
  return { kind: 'table', title: 'Where it ran', columns, rows };
}

import { renderText } from '@limaml/experiment';
import type { Plugin, PluginOrigin, Registry } from '@limaml/plugin';
import { Command } from 'commander';
import { relative } from 'node:path';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { optionInvalid } from '../errors.js';
import type { CliIo } from '../io.js';
import { registerSpecPlugins } from '../spec-plugins.js';

interface PluginsOptions {
  readonly kind?: string;
  readonly spec?: string;
}

const EXAMPLES = `
Examples:
  $ limaml plugins
  $ limaml plugins --kind entity
  $ limaml plugins --spec examples/experiments/quickstart.ts --json

Plugins are the built-in ones, those that limaml.config.ts in the working directory lists, and those of a spec.`;

export function addPlugins(program: Command, io: CliIo): Command {
  const command = program
    .command('plugins')
    .description('Show the registered plugins, with versions and where they come from.')
    .option('--kind <name>', 'only plugins of this kind, e.g. entity')
    .option('--spec <file>', 'experiment spec whose plugins are shown too')
    .addHelpText('after', EXAMPLES);
  return runs<PluginsOptions>(command, io, plugins);
}

/** A registered plugin, as `--json` has it. */
interface ListedPlugin extends PluginOrigin {
  readonly kind: string;
  readonly name: string;
  /** Version of the contracts it was written for. */
  readonly api: number;
}

async function plugins(
  { io, path, registry }: CommandContext,
  { kind, spec }: PluginsOptions,
): Promise<CommandResult> {
  await registerSpecPlugins(registry, spec === undefined ? undefined : path(spec));
  const listed = pluginsOfKind(listPlugins(registry), kind);
  const columns = ['kind', 'name', 'contract', 'version', 'from'].map(
    (name) => ({ name, align: 'left' }) as const,
  );
  const rows = listed.map((plugin) => [
    ...[plugin.kind, plugin.name, `v${plugin.api}`, plugin.version ?? null],
    wordOrigin(plugin, io.cwd),
  ]);
  const title = `${listed.length} plugins${kind === undefined ? '' : ` of kind ${kind}`}`;
  return {
    text: renderText([{ kind: 'table', title, columns, rows }]).trimEnd(),
    json: { plugins: listed },
  };
}

function pluginsOfKind(
  all: readonly ListedPlugin[],
  kind: string | undefined,
): readonly ListedPlugin[] {
  const kinds = [...new Set(all.map((plugin) => plugin.kind))];
  if (kind === undefined) return all;
  if (!kinds.includes(kind)) throw optionInvalid('--kind', kind, `one of ${kinds.join(', ')}`);
  return all.filter((plugin) => plugin.kind === kind);
}

/** By kind, kinds and plugins in the order of registration. */
function listPlugins(registry: Registry): readonly ListedPlugin[] {
  const all: readonly Plugin[] = registry.list();
  const kinds = [...new Set(all.map(({ kind }) => kind))];
  return kinds.flatMap((kind) =>
    registry.list(kind).map((plugin: Plugin) => ({
      ...{ kind, name: plugin.name, api: plugin.api },
      ...registry.originOf(plugin)!,
    })),
  );
}

function wordOrigin(origin: PluginOrigin, cwd: string): string {
  const file = origin.file === undefined ? '' : relative(cwd, origin.file);
  switch (origin.from) {
    case 'built-in':
      return 'built in';
    case 'package':
      return `package ${origin.package ?? '?'}`;
    case 'config':
      return file;
    case 'file':
      return `file ${file}`;
    case 'spec':
      return `spec ${file}`;
    case 'code':
      return 'code';
  }
}

import type { LimamlError } from '@limaml/errors';
import type { Registry } from '@limaml/plugin';
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { interrupted } from './errors.js';
import type { CliIo } from './io.js';
import { createProgress, type Progress } from './progress.js';
import { createAppRegistry } from './registry.js';

/** What a command works with. */
export interface CommandContext {
  readonly io: CliIo;
  readonly progress: Progress;
  readonly registry: Registry;
  /** Path from the working directory. */
  readonly path: (relative: string) => string;
  /** The same for every `name=path` of an option. */
  readonly paths: (named: Readonly<Record<string, string>> | undefined) => Record<string, string>;
}

/** What a command has to say: text for people, JSON for machines. */
export interface CommandResult {
  readonly text: string;
  readonly json: unknown;
  /** Told after the output: what is shown is right, but something is missing. */
  readonly failure?: LimamlError;
}

/** Options every command has. */
interface GlobalOptions {
  readonly json?: true;
  readonly quiet?: true;
}

/** Adds the work to a command: registry and progress before, output and clean-up after. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller states what it declared with commander
export function runs<Options>(
  command: Command,
  io: CliIo,
  work: (
    context: CommandContext,
    options: Options,
    args: readonly string[],
  ) => Promise<CommandResult>,
): Command {
  return answers<Options>(command, io, async (options, args) => {
    const { quiet } = command.optsWithGlobals<GlobalOptions>();
    const registry = await createAppRegistry(io.cwd);
    const context = createContext(io, registry, quiet);
    try {
      return await work(context, options, args);
    } finally {
      context.progress.close();
      await registry.dispose();
    }
  });
}

/** Adds the work to a command that needs no plugins: output after. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller states what it declared with commander
export function answers<Options>(
  command: Command,
  io: CliIo,
  work: (options: Options, args: readonly string[]) => Promise<CommandResult>,
): Command {
  return command.action(async () => {
    const { json } = command.optsWithGlobals<GlobalOptions>();
    const result = await work(command.opts() as Options, command.args);
    if (io.signal.aborted) throw interrupted();
    io.stdout.write(json ? `${JSON.stringify(result.json, undefined, 2)}\n` : `${result.text}\n`);
    if (result.failure) throw result.failure;
  });
}

function createContext(io: CliIo, registry: Registry, quiet: true | undefined): CommandContext {
  const path = (relative: string): string => resolve(io.cwd, relative);
  return {
    io,
    registry,
    progress: createProgress(io, quiet),
    path,
    paths: (named = {}) =>
      Object.fromEntries(Object.entries(named).map(([name, relative]) => [name, path(relative)])),
  };
}

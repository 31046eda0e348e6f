import { isLimamlError } from '@limaml/errors';
import { CommanderError } from 'commander';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { CliIo } from './io.js';
import { createProgram } from './program.js';

/**
 * Runs the `limaml` command line.
 *
 * @param argv arguments after the program's name
 * @param io   what the command may touch of its process
 * @returns the exit code: 0 done, 1 failed with a coded error, 2 wrong command line, 70 a defect,
 *   130 interrupted
 *
 * @example
 * ```ts
 * const code = await main(['--help'], processIo(new AbortController().signal));
 * ```
 */
export async function main(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  try {
    await createProgram(io).parseAsync([...argv], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(error, argv, io);
  }
}

function report(error: unknown, argv: readonly string[], io: CliIo): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const code = exitCodeOf(error, io);
  if (argv.includes('--json')) io.stderr.write(`${JSON.stringify({ error: errorJson(error) })}\n`);
  else io.stderr.write(errorText(error, verbose(argv, io)));
  return code;
}

function exitCodeOf(error: unknown, io: CliIo): ExitCode {
  if (io.signal.aborted) return EXIT.interrupted;
  return isLimamlError(error) ? EXIT.failed : EXIT.internal;
}

function verbose(argv: readonly string[], io: CliIo): boolean {
  return argv.includes('--verbose') || Boolean(io.env.LIMAML_DEBUG);
}

function errorJson(error: unknown): Record<string, unknown> {
  if (!isLimamlError(error)) return { code: 'LIMAML_ERR_CLI_INTERNAL', message: messageOf(error) };
  return {
    code: error.code,
    message: error.message,
    where: error.where,
    expected: error.expected,
    fix: error.fix,
  };
}

function errorText(error: unknown, trace: boolean): string {
  const stack = trace && error instanceof Error ? `${error.stack ?? ''}\n${causeTrace(error)}` : '';
  if (isLimamlError(error)) return `${error.message}\n${stack}`;
  const hint = trace
    ? ''
    : 'This is a defect in limaml; run again with --verbose to see where, and report it.\n';
  return `Unexpected error: ${messageOf(error)}\n${hint}${stack}`;
}

function causeTrace(error: Error): string {
  return error.cause instanceof Error
    ? `Caused by: ${error.cause.stack ?? error.cause.message}\n`
    : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

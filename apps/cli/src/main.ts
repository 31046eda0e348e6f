import { isLimamlError, type LimamlError } from '@limaml/errors';
import { CommanderError } from 'commander';
import { internalError, interrupted } from './errors.js';
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
    // Commander has already written what is wrong with the command line, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return report(error, argv, io);
  }
}

function report(cause: unknown, argv: readonly string[], io: CliIo): ExitCode {
  const error = codedError(cause, io);
  const trace = argv.includes('--verbose') || Boolean(io.env.LIMAML_DEBUG);
  if (argv.includes('--json')) io.stderr.write(`${JSON.stringify({ error: toJson(error) })}\n`);
  else io.stderr.write(`${printable(error.message)}\n${trace ? stacks(error) : ''}`);
  if (io.signal.aborted) return EXIT.interrupted;
  return isLimamlError(cause) ? EXIT.failed : EXIT.internal;
}

/** Messages quote files, whose bytes may be anything: none may steer the terminal. */
function printable(message: string): string {
  return message.replaceAll(/[^\P{Cc}\n\t]/gu, '\ufffd');
}

/** Work that was interrupted may end with any error; what it means is that it was interrupted. */
function codedError(cause: unknown, io: CliIo): LimamlError {
  if (isLimamlError(cause)) return cause;
  return io.signal.aborted ? interrupted() : internalError(cause);
}

function toJson({ code, message, where, expected, fix }: LimamlError): Record<string, unknown> {
  return { code, message, where, expected, fix };
}

/** The stack of an error and of those underneath. */
function stacks(error: Error): string {
  const under = error.cause instanceof Error ? `Caused by: ${stacks(error.cause)}` : '';
  return `${error.stack ?? error.message}\n${under}`;
}

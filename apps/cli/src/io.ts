/** Anything text can be written to. */
export interface TextSink {
  write(text: string): unknown;
  /** Width of the terminal, where it is one. */
  readonly columns?: number;
}

/** What the command touches of its process; tests give their own. */
export interface CliIo {
  /** Results: a table, or one JSON document with `--json`. */
  readonly stdout: TextSink;
  /** Progress and errors. */
  readonly stderr: TextSink;
  /** Relative paths start here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether progress is drawn over itself (a terminal) or written line by line. */
  readonly interactive: boolean;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** The real process. */
export function processIo(signal: AbortSignal): CliIo {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    env: process.env,
    interactive: process.stderr.isTTY && process.env.CI === undefined,
    signal,
  };
}

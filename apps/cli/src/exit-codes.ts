/** What the process ends with. */
export const EXIT = {
  ok: 0,
  /** The command was understood but could not be done: bad input, missing file, training that diverged… */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** A defect in limaml: an error without a code. */
  internal: 70,
  /** Stopped by Ctrl-C or SIGTERM; what was saved before is intact. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

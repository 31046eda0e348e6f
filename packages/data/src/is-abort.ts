/** Whether an error says that the work was given up, by an abort signal. */
export function isAbort(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'AbortError';
}

/** One thing a plugin must do. */
export interface ConformanceCheck {
  readonly name: string;
  readonly passed: boolean;
  /** What went wrong, where it failed. */
  readonly problem?: string;
  /** What to do about it, where it failed. */
  readonly fix?: string;
}

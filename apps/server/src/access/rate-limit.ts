/** How often a caller may ask. */
export interface RateLimit {
  /** Requests per second, on average. */
  readonly perSecond: number;
  /** Requests at once, after a pause. Default: those of one second. */
  readonly burst?: number;
}

/** Callers that are remembered; more than these and the longest known are forgotten. */
const MAX_CALLERS = 100_000;

interface Bucket {
  tokens: number;
  since: number;
}

/**
 * A token bucket for each caller.
 * @returns for a caller, 0 where it may go on, else the seconds until it may
 */
export function createRateLimiter({ perSecond, burst = Math.max(1, perSecond) }: RateLimit) {
  const buckets = new Map<string, Bucket>();
  return (caller: string, now = performance.now()): number => {
    const bucket = buckets.get(caller) ?? { tokens: burst, since: now };
    if (!buckets.has(caller)) remember(buckets, caller, bucket);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.since) / 1000) * perSecond);
    bucket.since = now;
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
    bucket.tokens--;
    return 0;
  };
}

function remember(buckets: Map<string, Bucket>, caller: string, bucket: Bucket): void {
  const [oldest] = buckets.keys();
  if (buckets.size >= MAX_CALLERS && oldest !== undefined) buckets.delete(oldest);
  buckets.set(caller, bucket);
}

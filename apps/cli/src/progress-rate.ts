/**
 * Tells of countable work how much is done, how fast it goes and how long it will still take.
 *
 * @param unit what is counted, in the plural
 * @param now milliseconds of a clock
 */
export function createRate(
  unit: string,
  now: () => number = Date.now,
): (progress: { readonly done: number; readonly total: number }) => string {
  // What a resumed job had done is no work of this one.
  let start: { readonly done: number; readonly at: number } | undefined;
  return ({ done, total }) => {
    start ??= { done, at: now() };
    const seconds = (now() - start.at) / 1000;
    const rate = seconds > 0 ? (done - start.done) / seconds : 0;
    const counted = `${done}/${total}`;
    if (rate === 0) return counted;
    return `${counted} · ${Math.round(rate)} ${unit}/s · ${timeLeft((total - done) / rate)} left`;
  };
}

function timeLeft(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

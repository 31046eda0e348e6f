import { table } from '../markdown.ts';
import type { FreshnessResult } from './freshness.ts';

/** Freshness as Markdown. */
export function freshnessSection(results: readonly FreshnessResult[]): string[] {
  const header = [
    'events and embeddings in',
    'seconds',
    'events/s',
    'accepted',
    'freshness p50 ms',
    'p99 ms',
    'within 50 ms',
    'answer p50 ms',
    'p99 ms',
    'processor ms',
    'failed',
    'load',
  ];
  const rows = results.map(({ kept, freshness, answer, ...result }) => [
    ...[kept, String(result.seconds), String(result.perSecond), String(result.accepted)],
    ...[freshness.p50.toFixed(1), freshness.p99.toFixed(1)],
    `${(100 * freshness.within50).toFixed(2)} %`,
    ...[answer.p50.toFixed(1), answer.p99.toFixed(1), result.processor.toFixed(3)],
    ...[String(result.failed), result.load.toFixed(1)],
  ]);
  return ['## Freshness', table(header, rows)];
}

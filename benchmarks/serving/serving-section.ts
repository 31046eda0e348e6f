import { table } from '../markdown.ts';
import { BARE, OWN, PEER } from './contenders.ts';
import type { LoadResult, ServingSuite } from './serving.ts';

/** The results of the serving suite as Markdown. */
export function servingSection({ results, residentMiB, absent }: ServingSuite): string[] {
  const memory = Object.entries(residentMiB).map(([name, size]) => `${name} ${size.toFixed(0)}`);
  const header = [
    ...['candidates by', 'server', 'connections', 'requests/s', 'best'],
    ...['p50 ms', 'p99 ms', 'p99.9 ms', 'processor ms', 'failed'],
  ];
  return [
    '## Serving',
    table(header, results.map(rowOf), 2),
    ...ratioSentences(results),
    `Resident memory at the end, MiB: ${memory.join(' · ')}`,
    ...absent.map((reason) => `Not measured: ${reason}`),
  ];
}

function rowOf({ form, contender, connections, median, best }: LoadResult): string[] {
  return [
    ...[form, contender, String(connections), median.perSecond.toFixed(0)],
    ...[best.perSecond.toFixed(0), median.p50.toFixed(2), median.p99.toFixed(2)],
    ...[median.p999.toFixed(2), median.processor.toFixed(3), String(median.failed)],
  ];
}

/** Against the peer and against the limit, at 64 connections. */
function ratioSentences(results: readonly LoadResult[]): string[] {
  const rate = (contender: string, form: string, connections: number): number | undefined =>
    results.find(
      (each) =>
        each.contender === contender && each.form === form && each.connections === connections,
    )?.median.perSecond;
  const pairs = results.filter(
    ({ contender, connections }) =>
      (contender === OWN.lmdb || contender === OWN.redis) && connections === 64,
  );
  return pairs.flatMap(({ contender, form, median }) => {
    const [peer, bare] = [rate(PEER, form, 64), rate(BARE, form, 64)];
    const parts = [
      peer === undefined ? '' : `${(median.perSecond / peer).toFixed(1)}× ${PEER}`,
      bare === undefined ? '' : `${((100 * median.perSecond) / bare).toFixed(0)} % of the ${BARE}`,
    ].filter((part) => part !== '');
    return parts.length === 0
      ? []
      : [`${contender}, candidates by ${form}, 64 connections: ${parts.join(', ')}.`];
  });
}

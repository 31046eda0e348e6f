// Load on a server, in a process of its own: node load.mjs OPTIONS, as JSON. Prints what it measured.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const { url, bodies, connections, warmup, seconds } = JSON.parse(process.argv[2]);
const requests = readFileSync(bodies, 'utf8')
  .trimEnd()
  .split('\n')
  .map((body) => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } }));

/** Loads the server for some seconds; latencies in milliseconds, finer than the generator's own whole ones. */
async function load(duration) {
  const latencies = [];
  const run = autocannon({ url, connections, duration, requests });
  run.on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
  const result = await run;
  return { latencies: Float64Array.from(latencies).sort(), result };
}

const before = await load(warmup);
const { latencies, result } = await load(seconds);
const percentile = (share) => latencies[Math.ceil(share * latencies.length) - 1] ?? NaN;
console.log(
  JSON.stringify({
    perSecond: result['2xx'] / result.duration,
    p50: percentile(0.5),
    p99: percentile(0.99),
    p999: percentile(0.999),
    requests: before.latencies.length + latencies.length,
    failed: result.non2xx + result.errors + result.timeouts,
  }),
);

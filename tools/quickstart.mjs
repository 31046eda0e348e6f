// `npm run quickstart`: the whole path on a simulated marketplace, with the commands one would type.
// Installs and builds what is missing. Everything it makes is in runs/quickstart.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ROOT, checkInstalled, checkNode, fail, run, say } from './prepare.mjs';

const OUT = 'runs/quickstart';
const PLACES = {
  data: `${OUT}/data`,
  experiment: `${OUT}/experiment`,
  bundle: `${OUT}/bundle`,
  store: `${OUT}/store`,
  clicks: `${OUT}/clicks.jsonl`,
};
const MEMBER = 'member-7';
/** Places in the member's ranking of the jobs that are clicked: well below what was on top. */
const CLICKED_PLACES = [60, 80, 100, 120, 140];

const started = Date.now();
checkNode();
checkInstalled();
title('Build');
run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b'], 'The build failed.');
rmSync(join(ROOT, OUT), { recursive: true, force: true });

const data = ['--data', `marketplace=${PLACES.data}`];
const served = ['--bundle', PLACES.bundle, '--store', PLACES.store];
const ranking = ['score', ...served, '--entity', MEMBER];

title('Simulate a job marketplace');
limaml('simulate', '--out', PLACES.data);

title('Meta-train LiMAML, train the baselines, compare them');
const jobs = String(Math.min(4, availableParallelism()));
limaml(
  'experiment',
  'examples/experiments/quickstart.ts',
  ...data,
  '--jobs',
  jobs,
  '--out',
  PLACES.experiment,
);

title('Export the trained LiMAML model as a bundle of ONNX files');
limaml('export', PLACES.experiment, '--out', PLACES.bundle);

title('Generate the meta embedding of every member into an LMDB store');
limaml('generate', '--bundle', PLACES.bundle, ...data, '--store', PLACES.store);

title(`Score all jobs for ${MEMBER}`);
limaml(...ranking, '--top', '8');

title(`${MEMBER} clicks on five jobs: adapt, and score again`);
const clicked = writeClicks();
say(`Clicks: ${clicked.join(', ')}\n`);
limaml(...ranking, '--top', '12', '--events', PLACES.clicks, ...data);

title('Done');
say(`In ${Math.round((Date.now() - started) / 1000)} s. What is where:
  ${PLACES.data}        the simulated log (Parquet) and its table spec
  ${PLACES.experiment}  results.json and a folder per model and seed
  ${PLACES.bundle}      adapt.member.onnx, prior.member.onnx, score.onnx, encoders, manifest.json
  ${PLACES.store}       the meta embeddings (LMDB)
Next: npx limaml --help, docs/guides, and the same on MovieLens-1M:
  npx limaml experiment examples/experiments/ml-1m-t.ts --data ml-1m=DIR --seeds 3 --out runs/ml-1m-t`);

function title(text) {
  say(`\n── ${text} ${'─'.repeat(Math.max(0, 76 - text.length))}`);
}

/** The command line that `npx limaml` runs, with a line that one could type oneself. */
function limaml(...args) {
  say(`$ npx limaml ${args.join(' ')}`);
  run(
    process.execPath,
    [join(ROOT, 'apps/cli/bin/limaml.js'), ...args],
    'This step failed; the line above says why.',
  );
}

/** Writes clicks on jobs that the member's ranking has far down. Returns their ids. */
function writeClicks() {
  const bin = join(ROOT, 'apps/cli/bin/limaml.js');
  const args = [bin, ...ranking, '--top', String(CLICKED_PLACES.at(-1)), '--json', '--quiet'];
  const result = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (result.status !== 0) fail(result.stderr);
  const { candidates } = JSON.parse(result.stdout);
  const ids = CLICKED_PLACES.map((place) => candidates[place - 1].id);
  const events = ids.map((candidate) =>
    JSON.stringify({ candidate, label: 1, outcome: { dwell: 60 } }),
  );
  writeFileSync(join(ROOT, PLACES.clicks), `${events.join('\n')}\n`);
  return ids;
}

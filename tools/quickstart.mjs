// `npm run quickstart`: the whole path on a simulated marketplace, with the commands one would type.
// Installs and builds what is missing. Everything it makes is in runs/quickstart.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ROOT, checkInstalled, checkNode, fail, run } from './prepare.mjs';

const LIMAML = join(ROOT, 'apps/cli/bin/limaml.js');
const OUT = 'runs/quickstart';
const PLACES = {
  data: `${OUT}/data`,
  experiment: `${OUT}/experiment`,
  bundle: `${OUT}/bundle`,
  store: `${OUT}/store`,
  clicks: `${OUT}/clicks.jsonl`,
};
/** Whose ranking is shown, and a member of another taste, whose favourite jobs the first one clicks on. */
const [MEMBER, OTHER] = ['member-20', 'member-3'];
const CLICKS = 5;
/** The clicked jobs are at least this far down in the ranking of {@link MEMBER}. */
const FAR_DOWN = 100;

const started = Date.now();
checkNode();
checkInstalled();
title('Build the limaml command');
build();
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

title(`${MEMBER} clicks on jobs that were far down: adapt, and score again`);
console.log(`Clicks on ${writeClicks().join(', ')}`);
limaml(...ranking, '--top', '12', '--events', PLACES.clicks, ...data);

title('Done');
console.log(`In ${Math.round((Date.now() - started) / 1000)} s. What is where:
  ${PLACES.data}        the simulated log (Parquet) and its table spec
  ${PLACES.experiment}  results.json and a folder per model and seed
  ${PLACES.bundle}      adapt.member.onnx, prior.member.onnx, score.onnx, encoders, manifest.json
  ${PLACES.store}       the meta embeddings (LMDB)
Next: npx limaml --help, docs/guides, and the same on MovieLens-1M:
  npx limaml experiment examples/experiments/ml-1m-t.ts --data ml-1m=DIR --seeds 3 --out runs/ml-1m-t`);

function title(text) {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 76 - text.length))}`);
}

/** The command line that `npx limaml` runs, with a line that one could type oneself. */
function limaml(...args) {
  console.log(`$ npx limaml ${args.join(' ')}`);
  run(process.execPath, [LIMAML, ...args], 'This step failed; the line above says why.');
}

/** Writes JavaScript without checking types, which takes most of the time; `npm run build` checks. */
function build() {
  const args = ['-b', 'apps/cli/tsconfig.lib.json', '--noCheck'];
  console.log(`$ npx tsc ${args.join(' ')}`);
  run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...args], 'It failed.');
}

/** Writes clicks on jobs that another member likes and this one does not. Returns them, with their places. */
function writeClicks() {
  const own = rankingOf(MEMBER);
  const clicked = rankingOf(OTHER)
    .filter((id) => own.indexOf(id) >= FAR_DOWN)
    .slice(0, CLICKS);
  const events = clicked.map((candidate) =>
    JSON.stringify({ candidate, label: 1, outcome: { dwell: 60 } }),
  );
  writeFileSync(join(ROOT, PLACES.clicks), `${events.join('\n')}\n`);
  return clicked.map((id) => `${id} (place ${own.indexOf(id) + 1})`);
}

/** Ids of all jobs, best first. */
function rankingOf(member) {
  const args = ['score', ...served, '--entity', member, '--top', '1000', '--json', '--quiet'];
  const result = spawnSync(process.execPath, [LIMAML, ...args], { cwd: ROOT, encoding: 'utf8' });
  if (result.status !== 0) fail(result.stderr);
  return JSON.parse(result.stdout).candidates.map(({ id }) => id);
}

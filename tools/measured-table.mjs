// Puts the results of experiments into a document, as a table of models with one group of columns per data set:
//
//   node tools/measured-table.mjs packages/models/README.md zoo ML-1M-T=runs/zoo-ml-1m-t simulator=runs/zoo-marketplace
//
// Behind a comma may follow the folder of a shorter run on a machine that does nothing else, for the costs:
// `ML-1M-T=runs/zoo,runs/zoo-timed`. The table replaces what is between `<!-- measured:zoo -->` and `<!-- /measured -->`. Options:
//   --cost epoch|step   seconds per epoch, or milliseconds per outer step (default: epoch)
//   --cohorts           the first metric by size of the support set, in place of costs, and what the
//                       first model is above it, paired by seed
//   --parameters        how many numbers the meta block, the global block and the tables hold
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { interval, markdownTable, readResults, replaceBlocks, seedsOf } from './measured-block.mjs';

const METRICS = { auc: 'AUC', gauc: 'GAUC', logLoss: 'log-loss' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cost: { type: 'string', default: 'epoch' },
    parameters: { type: 'boolean', default: false },
    cohorts: { type: 'boolean', default: false },
    metrics: { type: 'string', default: 'auc,gauc' },
  },
});
const [document, name, ...named] = positionals;
const metrics = values.metrics.split(',');
const sets = named.map((each) => {
  const [title, folders] = each.split('=');
  const [folder, timed = folder] = folders.split(',');
  return { title, folder, results: readResults(folder), timed: readResults(timed) };
});

const table = markdownTable([header(), ...modelNames().map(row)]);
const source = `Mean over seeds ${seedsOf(sets[0].results)} and half of the 95 % interval.`;
await replaceBlocks(document, { [name]: `${table}\n\n${source}` });

function header() {
  const costs = values.cost === 'step' ? 'ms per step' : 's per epoch';
  return [
    'model',
    ...(values.parameters ? ['parameters: meta + global + tables'] : []),
    ...sets.flatMap(({ title, results }) => [
      ...metrics.map((metric) => `${title}: ${METRICS[metric] ?? metric}`),
      ...(values.cohorts ? cohortTitles(results.models[0]) : [costs]),
    ]),
  ];
}

function modelNames() {
  return [...new Set(sets.flatMap(({ results }) => results.models.map((model) => model.name)))];
}

function row(model) {
  const cells = sets.flatMap((set) => {
    const find = (results) => results.models.find((each) => each.name === model);
    const found = find(set.results);
    const all = metrics.map((metric) => interval(found?.metrics[metric]));
    return [
      ...all,
      ...(values.cohorts ? cohortCells(found, set.results) : [cost(find(set.timed))]),
    ];
  });
  return [model, ...(values.parameters ? [parameters(model)] : []), ...cells];
}

function cohortTitles({ name, cohorts }) {
  const metric = METRICS[metrics[0]] ?? metrics[0];
  return [`${name} minus it`, ...cohorts.map((each) => `${metric}, ${each.name} (${each.tasks})`)];
}

function cohortCells(model, { differences }) {
  if (!model) return [];
  const difference = differences.find(({ against }) => against === model.name);
  const lift = interval(difference?.metrics[metrics[0]], '+');
  return [lift, ...model.cohorts.map((cohort) => interval(cohort.metrics[metrics[0]]))];
}

/** What training costs: evaluation and compiling, which are not done in every step, are left out. */
function cost(model) {
  const runs = model?.runs.filter(({ timings }) => timings) ?? [];
  if (runs.length === 0) return '–';
  const sum = (pick) => runs.reduce((total, run) => total + pick(run), 0);
  const seconds = sum(({ timings: t }) => t.compute + t.data + t.optimiser);
  if (values.cost === 'step') {
    const steps = sum(({ timings: t }) => t.compiled + t.hits);
    return ((1000 * seconds) / steps).toFixed(1);
  }
  return (seconds / sum(({ training }) => training.history.length)).toFixed(2);
}

/** Counts what the run of the first data set that has this model holds. */
function parameters(model) {
  const folder = sets.map((set) => runFolder(set.folder, model)).find((each) => each);
  if (!folder) return '–';
  const file = readFileSync(join(folder, 'model.safetensors'));
  const length = Number(file.readBigUInt64LE(0));
  const tensors = JSON.parse(file.subarray(8, 8 + length).toString());
  const count = (prefix) =>
    Object.entries(tensors)
      .filter(([tensor]) => tensor.startsWith(prefix))
      .reduce((total, [, { shape }]) => total + shape.reduce((size, n) => size * n, 1), 0);
  return ['meta/', 'global/', 'table/']
    .map((prefix) => count(prefix).toLocaleString('en'))
    .join(' + ');
}

function runFolder(folder, model) {
  for (const slug of readdirSync(join(folder, 'runs'))) {
    for (const seed of readdirSync(join(folder, 'runs', slug))) {
      const run = join(folder, 'runs', slug, seed);
      try {
        if (JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).entry.name === model)
          return run;
      } catch {
        // Baselines have no run.json.
      }
    }
  }
  return undefined;
}

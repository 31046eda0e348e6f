// Puts results by published protocols into a document, beside the published numbers:
//
//   node tools/protocol-tables.mjs docs/results/published-protocols.md melu=runs/melu metaemb=runs/metaemb
//
// What is published, and which test sets and metrics belong beside it, is in the `.json` file of the document's name.
// The tables replace what is between `<!-- measured:melu/new-users -->` and `<!-- /measured -->`, and so on.
import { readFileSync } from 'node:fs';
import {
  interval,
  markdownTable,
  plainNumber,
  readResults,
  replaceBlocks,
  seedsOf,
} from './measured-block.mjs';

const [document, ...named] = process.argv.slice(2);
const protocols = JSON.parse(readFileSync(document.replace(/\.md$/, '.json'), 'utf8'));

const blocks = named.flatMap((each) => {
  const [name, folder] = each.split('=');
  const results = readResults(folder);
  const { tables, ...protocol } = protocols[name];
  return Object.entries(tables).map(([table, { tests, published }]) => [
    `${name}/${table}`,
    block({ ...protocol, columns: columnsOf(tests, protocol.metrics), published }, results),
  ]);
});
await replaceBlocks(document, Object.fromEntries(blocks));

/** Each test set with each metric. */
function columnsOf(tests, metrics) {
  return Object.entries(tests).flatMap(([test, title]) =>
    Object.entries(metrics).map(([metric, short]) => ({
      ...{ test, metric },
      title: [title, short].filter((part) => part !== '').join(' '),
    })),
  );
}

function block({ source, columns, published, against }, results) {
  // A prior embedding has no results on further test sets.
  const models = results.models.filter((model) =>
    columns.every((column) => valueOf(model, column)),
  );
  const [networks, baselines] = [true, false].map((isModel) =>
    models.filter(({ kind }) => (kind !== 'baseline') === isModel),
  );
  const differences = results.differences.filter((each) => against.includes(each.against));
  const rows = [
    ['', ...columns.map(({ title }) => title)],
    ...Object.entries(published).map(([name, values]) => [
      `${name} (published)`,
      ...values.map(plainNumber),
    ]),
    ...[...baselines, ...networks].map((model) => [
      model.name,
      ...columns.map((column) => interval(valueOf(model, column))),
    ]),
    ...differences.map((difference) => [
      `${difference.name} minus ${difference.against}`,
      ...columns.map((column) => interval(valueOf(difference, column), '+')),
    ]),
  ];
  const note = `${tasksOf(results, columns[0].test)} tasks; mean over seeds ${seedsOf(results)} and half of the 95 % interval, differences paired by seed. Published: ${source}.`;
  return `${markdownTable(rows)}\n\n${note}`;
}

function valueOf(model, { test, metric }) {
  const found = test === 'test' ? model : model.tests.find(({ name }) => name === test);
  return found?.metrics[metric];
}

/** Of the main test set the tasks are counted by cohort only. */
function tasksOf({ models: [{ tests, cohorts }] }, test) {
  const set = tests.find(({ name }) => name === test);
  const bySupport = cohorts.filter(({ by }) => by === 'support');
  return set ? set.tasks : bySupport.reduce((sum, { tasks }) => sum + tasks, 0);
}

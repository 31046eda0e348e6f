// Puts the tables of sections of the report of an experiment into a document:
//
//   node tools/report-block.mjs docs/results/freshness.md marketplace freshness,online runs/freshness-marketplace
//
// They replace what is between `<!-- measured:marketplace -->` and `<!-- /measured -->`. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { createReport, readResults, renderMarkdown, reportSections } from '@limaml/experiment';
import { format } from 'prettier';

const [document, name, sections, folder] = process.argv.slice(2);
const chosen = sections.split(',');
const wanted = reportSections().filter((section) => chosen.includes(section.name));
const report = await createReport(await readResults(folder), wanted);
const tables = report.sections.flatMap(({ blocks }) => blocks.filter(isTable));
const block = renderMarkdown(tables);
const text = replaceBlock(readFileSync(document, 'utf8'));
writeFileSync(document, await format(text, { parser: 'markdown', printWidth: 110 }));

function isTable({ kind }) {
  return kind === 'table';
}

function replaceBlock(text) {
  const [start, end] = [`<!-- measured:${name} -->`, '<!-- /measured -->'];
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${document} has no ${start} … ${end}`);
  return `${text.slice(0, from + start.length)}\n\n${block}\n\n${text.slice(to)}`;
}

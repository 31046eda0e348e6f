// Puts the tables of sections of the report of an experiment into a document:
//
//   node tools/report-block.mjs docs/results/freshness.md marketplace freshness,online runs/freshness-marketplace
//
// They replace what is between `<!-- measured:marketplace -->` and `<!-- /measured -->`. Needs a build.
import { createReport, readResults, renderMarkdown, reportSections } from '@limaml/experiment';
import { replaceBlocks } from './measured-block.mjs';

const [document, name, sections, folder] = process.argv.slice(2);
const chosen = sections.split(',');
const wanted = reportSections().filter((section) => chosen.includes(section.name));
const report = await createReport(await readResults(folder), wanted);
const tables = report.sections.flatMap(({ blocks }) => blocks.filter(isTable));
await replaceBlocks(document, { [name]: renderMarkdown(tables) });

function isTable({ kind }) {
  return kind === 'table';
}

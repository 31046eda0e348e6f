// What the tools that put measured numbers into documents share.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';

/** The results that an experiment left in its folder. */
export function readResults(folder) {
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
}

/**
 * Mean and half of the 95 % interval, `.7912 ±.0047`.
 * @param plus sign of a mean that is not negative
 */
export function interval(value, plus = '') {
  if (!value) return '–';
  const mean = (value.mean < 0 ? '−' : plus) + plainNumber(value.mean);
  return value.high === null ? mean : `${mean} ±${plainNumber(value.high - value.mean)}`;
}

/** Four digits without sign, and without the zero before the point. */
export function plainNumber(number) {
  return Math.abs(number).toFixed(4).replace(/^0/, '');
}

/** `1, 2 and 3`: the seeds of an experiment's first model. */
export function seedsOf({ models }) {
  const all = models[0].runs.map(({ seed }) => seed);
  return all.length === 1 ? `${all[0]}` : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** A Markdown table: the first of the rows is the head. */
export function markdownTable(rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const [head, ...body] = rows;
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...body.map(line)].join('\n');
}

/** Replaces what is between `<!-- measured:NAME -->` and `<!-- /measured -->` for each of the named blocks. */
export async function replaceBlocks(document, blocks) {
  let text = readFileSync(document, 'utf8');
  for (const [name, block] of Object.entries(blocks)) {
    text = replaceBlock(document, text, name, block);
  }
  writeFileSync(document, await format(text, { parser: 'markdown', printWidth: 110 }));
}

function replaceBlock(document, text, name, block) {
  const [start, end] = [`<!-- measured:${name} -->`, '<!-- /measured -->'];
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${document} has no ${start} … ${end}`);
  return `${text.slice(0, from + start.length)}\n\n${block}\n\n${text.slice(to)}`;
}

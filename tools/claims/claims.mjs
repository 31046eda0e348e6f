// Tests the claims of the paper on the results of experiments and writes docs/results/claims.md:
//
//   npm run claims -- "MovieLens-1M=runs/claims-ml-1m" "marketplace=runs/freshness-marketplace" "job views=runs/job-views"
//
// Every number of the page is read from `results.json` of these folders. A folder that says nothing about a claim is left
// out of its table. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { coldStart, freshness, infrequent, overBaselines, parity } from './sections.mjs';
import { page } from './page.mjs';

const PAGE = 'docs/results/claims.md';

const sets = process.argv.slice(2).map((named) => {
  const [title, folder] = named.split('=');
  return { title, ...JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) };
});
if (sets.length === 0) throw new Error('Name results: npm run claims -- "title=folder" …');
const claims = [overBaselines, infrequent, freshness, parity, coldStart].map((claim) =>
  claim(sets),
);
writeFileSync(PAGE, await format(page(sets, claims), { parser: 'markdown', printWidth: 110 }));

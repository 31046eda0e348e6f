// Runs TypeScript modules from the sources of the packages, one after the other in one process, no build
// needed: node --conditions=@limaml/source tools/run-source.mjs a.ts b.ts
import { register } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

register('./source-hooks.mjs', import.meta.url);
for (const file of process.argv.slice(2)) await import(pathToFileURL(resolve(file)).href);

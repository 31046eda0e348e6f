// A process of the generation benchmark; see generation.ts.
import { register } from 'node:module';

register('../tools/source-hooks.mjs', import.meta.url);
const { work } = await import('./generation-work.ts');
await work(process.argv.slice(2));

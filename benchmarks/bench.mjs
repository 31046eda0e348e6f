// `npm run bench`: runs the benchmarks from the sources of the packages. See README.md for the options.
import { register } from 'node:module';

register('../tools/source-hooks.mjs', import.meta.url);
const { main } = await import('./main.ts');
await main(process.argv.slice(2));

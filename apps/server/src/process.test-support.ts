import { main } from './main.js';

await main(JSON.parse(process.env.ARGV!) as string[]);

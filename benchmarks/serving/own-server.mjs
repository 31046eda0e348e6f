// The server of this repository in a process of its own: node own-server.mjs OPTIONS, as JSON.
import { register } from 'node:module';

register('../../tools/source-hooks.mjs', import.meta.url);
const { createServer } = await import('@limaml/server');
const server = await createServer(JSON.parse(process.argv[2]));
await server.listen();
process.once('SIGTERM', () => void server.close());

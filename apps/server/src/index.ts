export { createServer } from './create-server.js';
export type { Server } from './create-server.js';
export type { Plan } from './deployment/deployment.js';
export type { Limits } from './limits.js';
export type { ServerOptions } from './options.js';

import { pino, type Logger } from 'pino';
import type { ServerOptions } from './options.js';

/** Headers and fields that may hold what nobody should read in a log. */
const SECRETS = ['req.headers.authorization', 'req.headers.cookie', '*.token', '*.password'];

/** The log of a server: JSON lines on standard output. Addresses hold ids, so the route is logged instead. */
export function createLogger({ logLevel = 'info' }: ServerOptions): Logger {
  return pino({
    level: logLevel,
    redact: SECRETS,
    serializers: {
      req: (request: LoggedRequest) => ({
        method: request.method,
        route: request.routeOptions?.url,
        remoteAddress: request.ip,
      }),
    },
  });
}

/** What of a request is logged. */
interface LoggedRequest {
  readonly method?: string;
  readonly ip?: string;
  readonly routeOptions?: { readonly url?: string };
}

import { readFile } from 'node:fs/promises';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { accessSchema, readAccessFile } from './access/read-access-file.js';
import { optionInvalid } from './errors.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import type { ServerOptions } from './options.js';
import type { CommandLine } from './program.js';

const text = Type.Optional(Type.String({ minLength: 1 }));
const count = Type.Integer({ minimum: 0 });
const above = Type.Number({ exclusiveMinimum: 0 });
const closed = { additionalProperties: false } as const;

const stream = Type.Object(
  { location: Type.String(), key: Type.String(), group: text, consumer: text },
  closed,
);
const events = Type.Object(
  {
    location: Type.String({ minLength: 1 }),
    prefix: text,
    keep: Type.Optional(Type.Integer({ minimum: 1 })),
    maxAgeMs: Type.Optional(above),
    maxWaiting: Type.Optional(Type.Integer({ minimum: 1 })),
    stream: Type.Optional(stream),
  },
  closed,
);
const limits = Type.Partial(
  Type.Object(
    Object.fromEntries(
      Object.keys(DEFAULT_LIMITS).map((name) => [name, Type.Integer({ minimum: 1 })]),
    ) as Record<keyof Limits, ReturnType<typeof Type.Integer>>,
    closed,
  ),
);

/** What a configuration file holds: the options of a server, but for plugins. */
const configSchema = Type.Object(
  {
    bundle: text,
    bundles: text,
    plan: Type.Optional(
      Type.Object({ shares: Type.Record(Type.String(), above), shadow: text }, closed),
    ),
    store: text,
    storePrefix: text,
    events: Type.Optional(events),
    access: Type.Optional(accessSchema),
    rate: Type.Optional(Type.Object({ perSecond: above, burst: Type.Optional(above) }, closed)),
    tls: Type.Optional(
      Type.Object({ cert: Type.String(), key: Type.String(), clientCa: text }, closed),
    ),
    open: Type.Optional(Type.Boolean()),
    host: text,
    port: Type.Optional(count),
    workers: Type.Optional(count),
    maxDelayMs: Type.Optional(Type.Number({ minimum: 0 })),
    limits: Type.Optional(limits),
    logLevel: text,
    logRequests: Type.Optional(Type.Boolean()),
  },
  closed,
);

/**
 * Puts the options of a server together from its configuration file and its command line.
 * @throws LIMAML_ERR_SERVER_OPTION_INVALID
 */
export async function readOptions(commandLine: CommandLine): Promise<ServerOptions> {
  const { config, events: location, access, ...simple } = commandLine;
  const configured = config === undefined ? {} : await readConfig(config);
  const options = {
    ...configured,
    ...simple,
    ...(location !== undefined && { events: { ...configured.events, location } }),
    ...(access !== undefined && { access: await readAccessFile(access) }),
  };
  if (options.store === undefined)
    throw optionInvalid('store', 'nothing', 'a folder or a redis:// address');
  return options as ServerOptions;
}

async function readConfig(file: string): Promise<Static<typeof configSchema>> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw optionInvalid('config', 'a file that cannot be read', 'the path of a JSON file');
  });
  const value = parseJson(text);
  if (Value.Check(configSchema, value)) return value;
  const [error] = Value.Errors(configSchema, value);
  const place = `${error?.instancePath ?? ''}: ${error?.message ?? 'no JSON'}`;
  throw optionInvalid(
    'config',
    `a file that is wrong at ${place}`,
    'the options of createServer()',
  );
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

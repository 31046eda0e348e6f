import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';

/** A string as a SQL literal. DuckDB knows no escapes in it but the doubled quote. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A path as a SQL literal that matches this file alone: `*`, `?` and `[` are no patterns in it. */
export function sqlPath(file: string): string {
  return sqlString(file.replaceAll(/[*?[]/g, (character) => `[${character}]`));
}

/** An open database. */
export interface Duck {
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/**
 * Opens a private database. It never downloads extensions; CSV, JSON and Parquet are built in.
 * @param file where it is; default: in memory
 */
export async function openDuck(
  file = ':memory:',
  settings: Readonly<Record<string, string>> = {},
): Promise<Duck> {
  const instance = await DuckDBInstance.create(file, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...settings,
  });
  const connections: DuckDBConnection[] = [];
  return {
    async connect() {
      const connection = await instance.connect();
      connections.push(connection);
      await connection.run("SET TimeZone = 'UTC'");
      return connection;
    },
    close() {
      for (const connection of connections) connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Runs work on a private in-memory database, and closes it whatever happens. */
export async function withDuck<Result>(
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const duck = await openDuck();
  try {
    return await work(await duck.connect());
  } finally {
    duck.close();
  }
}

/** Streams the chunks of a query, so that memory does not grow with the result. */
export async function* streamChunks(
  connection: DuckDBConnection,
  sql: string,
): AsyncGenerator<DuckDBDataChunk> {
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk;
  }
}

/** All rows of a small query. */
export async function queryRows(
  connection: DuckDBConnection,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJS();
}

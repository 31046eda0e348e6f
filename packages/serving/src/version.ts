import { readFileSync } from 'node:fs';

/** Version of this package; `package.json` is one folder up from sources and from `dist` alike. */
export const LIMAML_VERSION = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

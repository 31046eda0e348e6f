import { readFileSync } from 'node:fs';
import type { SecureContextOptions, TlsOptions as NodeTlsOptions } from 'node:tls';
import { optionInvalid } from './errors.js';
import type { TlsOptions } from './options.js';

/**
 * Reads the files of HTTPS.
 * @throws LIMAML_ERR_SERVER_OPTION_INVALID
 */
export function readTls({
  cert,
  key,
  clientCa,
}: TlsOptions): SecureContextOptions & NodeTlsOptions {
  const server = { cert: readPem('tls.cert', cert), key: readPem('tls.key', key) };
  if (clientCa === undefined) return server;
  const ca = readPem('tls.clientCa', clientCa);
  return { ...server, ca, requestCert: true, rejectUnauthorized: true };
}

function readPem(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw optionInvalid(option, 'a file that cannot be read', 'the path of a PEM file');
  }
}

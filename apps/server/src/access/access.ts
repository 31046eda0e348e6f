import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope } from '../scopes.js';

/** A caller that is known by a bearer token. */
export interface TokenGrant {
  /** Name of the caller, for the log and for its rate limit. */
  readonly name: string;
  /** SHA-256 of the token, in hexadecimal digits; the token itself is kept nowhere. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
}

/** A caller that is known by a client certificate (mTLS). */
export interface CertificateGrant {
  readonly name: string;
  /** SHA-256 of the certificate: hexadecimal digits, with or without colons. */
  readonly fingerprint: string;
  readonly scopes: readonly Scope[];
}

/** Who may do what. */
export interface AccessList {
  readonly tokens?: readonly TokenGrant[];
  readonly certificates?: readonly CertificateGrant[];
}

/** A caller that proved who it is. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Finds out who calls; undefined for a stranger. */
export type Identify = (request: IncomingMessage) => Caller | undefined;

const BEARER = /^Bearer ([\x21-\x7e]{1,1024})$/i;

/** Makes {@link Identify} of an access list. */
export function createIdentify({ tokens = [], certificates = [] }: AccessList): Identify {
  const known = tokens.map((grant) => ({
    hash: Buffer.from(grant.sha256, 'hex'),
    ...callerOf(grant),
  }));
  const certified = new Map(
    certificates.map((grant) => [plainDigits(grant.fingerprint), callerOf(grant)]),
  );
  return (request) => byToken(request, known) ?? byCertificate(request, certified);
}

function callerOf({ name, scopes }: TokenGrant | CertificateGrant): Caller {
  return { name, scopes: new Set(scopes) };
}

/** All tokens are compared, each in constant time: how long it takes tells nothing of them. */
function byToken(
  { headers }: IncomingMessage,
  known: readonly (Caller & { readonly hash: Buffer })[],
): Caller | undefined {
  const token = BEARER.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  const hash = createHash('sha256').update(token).digest();
  let caller: Caller | undefined;
  for (const one of known) if (timingSafeEqual(one.hash, hash)) caller = one;
  return caller;
}

function byCertificate(
  { socket }: IncomingMessage,
  certified: ReadonlyMap<string, Caller>,
): Caller | undefined {
  if (certified.size === 0 || !(socket instanceof TLSSocket) || !socket.authorized)
    return undefined;
  const { fingerprint256 } = socket.getPeerCertificate();
  return certified.get(plainDigits(fingerprint256));
}

function plainDigits(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

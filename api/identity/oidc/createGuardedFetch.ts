import type { LookupAddress } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { CustomFetch } from 'openid-client';
import { CostGuardError } from '../../../core/errors.ts';
import { isPublicAddress } from '../../../core/notifications/isPublicAddress.ts';
import { bareHost } from '../../../core/notifications/privateHosts.ts';

/** How names become addresses, and which hosts may be private or not encrypted. */
export interface FetchGuard {
  lookup: (host: string, options: { all: true }) => Promise<LookupAddress[]>;
  privateHosts: ReadonlySet<string>;
  /** Milliseconds until the whole answer has to be there. */
  timeoutMs: number;
}

const ANSWER_BYTES_MAX = 1_000_000;

/**
 * A fetch for what the identity provider's own description names: only https and public addresses, unless the operator
 * allows the host. Connects to the addresses that were checked and to nothing else, follows no redirect.
 *
 * Its function throws CostGuardError `oidc_unavailable`.
 */
export function createGuardedFetch(guard: FetchGuard): CustomFetch {
  return async (address, options) => {
    const url = new URL(address);
    const addresses = await checkedAddresses(guard, url);
    const lookup: LookupFunction = (_host, { all }, callback) => {
      const [first] = addresses;
      if (all === true) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family);
    };
    const signals = [options.signal, AbortSignal.timeout(guard.timeoutMs)];
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => {
        reject(away(bareHost(url.hostname), cause instanceof Error ? cause.message : ''));
      };
      const request = send(url, {
        method: options.method,
        agent: false,
        lookup,
        signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
        headers: {
          ...Object.fromEntries(new Headers(options.headers)),
          'user-agent': 'CostGuard-AI',
        },
      });
      request.on('error', fail);
      request.on('response', (answer) => {
        readAll(answer).then((body) => resolve(toResponse(answer, body)), fail);
      });
      request.end(bodyText(options.body));
    });
  };
}

async function checkedAddresses(
  { lookup, privateHosts }: FetchGuard,
  url: URL,
): Promise<LookupAddress[]> {
  const host = bareHost(url.hostname);
  const mayBePrivate = privateHosts.has(host);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePrivate))
    throw away(host, 'is not https');
  const addresses = await lookup(host, { all: true }).catch(() => {
    throw away(host, 'the name means nothing');
  });
  if (
    addresses.length > 0 &&
    (mayBePrivate || addresses.every((one) => isPublicAddress(one.address)))
  )
    return addresses;
  throw away(host, 'is a private address that OIDC_PRIVATE_HOSTS does not name');
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toResponse(answer: IncomingMessage, body: Buffer): Response {
  const status = answer.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headersDistinct))
    for (const one of value ?? []) headers.append(name, one);
  // A Response of these statuses must not have a body.
  return new Response([204, 205, 304].includes(status) ? null : new Uint8Array(body), {
    status,
    headers,
  });
}

function bodyText(body: unknown): string {
  if (body === undefined || body === null) return '';
  if (body instanceof URLSearchParams || typeof body === 'string') return body.toString();
  throw new TypeError('Requests to the identity provider have a form or a text as their body.');
}

function away(host: string, reason: string): CostGuardError {
  return new CostGuardError(
    'oidc_unavailable',
    'Try again in a minute; if it stays, the log of the API says what the operator has to mend.',
    { internal: { host, reason } },
  );
}

import { parse } from 'lossless-json';
import { findRetryAfterMs } from '../../core/llm/findRetryAfterMs.ts';
import { HttpFailure } from './httpFailure.ts';

/** A GET request of a provider's administration API. */
export interface GetRequest {
  url: URL;
  /** Carries the key; nothing else does. */
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

const BODY_BYTES_MAX = 64 * 1024 * 1024;
const ERROR_BYTES_MAX = 64 * 1024;
const SCOPES = ['api.usage.read', 'api.management.read'];

/**
 * The JSON of an answer. Numbers are `LosslessNumber`s, which keep the digits that were sent: an amount never becomes a
 * binary float. A redirect is not followed, for it would carry the key to another host.
 *
 * @throws HttpFailure for every other answer, and what `fetch` throws when there is none
 */
export async function getJson({ url, headers, signal }: GetRequest): Promise<unknown> {
  const reply = await fetch(url, {
    headers: { accept: 'application/json', ...headers },
    redirect: 'manual',
    signal,
  });
  const { status } = reply;
  if (status !== 200) {
    const body = await readText(reply, ERROR_BYTES_MAX);
    throw new HttpFailure(`HTTP ${status}`, {
      status,
      retryAfterMs: findRetryAfterMs(reply.headers, new Date()),
      missingScope: SCOPES.find((scope) => body?.includes(scope)),
    });
  }
  const text = await readText(reply, BODY_BYTES_MAX);
  if (text === undefined) throw new HttpFailure('body too large');
  try {
    return parse(text);
  } catch {
    // The parser's message quotes the body.
    throw new HttpFailure('body is not JSON');
  }
}

/** The body as text; undefined beyond `bytesMax`. */
async function readText(reply: Response, bytesMax: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

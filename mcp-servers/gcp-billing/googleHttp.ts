import type { GoogleAuth } from 'google-auth-library';
import { z } from 'zod';

/** Google answered with an error. */
export class GoogleReplyError extends Error {
  readonly status: number;
  /** Google's own word for it, for instance `accessDenied` or `SERVICE_DISABLED`. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, reason: string, retryAfterMs?: number) {
    super(`HTTP ${status} ${reason}`);
    this.name = 'GoogleReplyError';
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No access token could be had. */
export class GoogleAuthError extends Error {
  constructor(cause: unknown) {
    super('no access token', { cause });
    this.name = 'GoogleAuthError';
  }
}

/** A request to a Google API: resolves with a successful reply only. */
export type GoogleFetch = (
  url: string,
  init: RequestInit & { signal: AbortSignal },
) => Promise<Response>;

/**
 * A `fetch` with the access token of `auth`; without one for an emulator. It neither retries nor follows redirects, so
 * what the budget counts is what was sent.
 *
 * @throws GoogleReplyError, GoogleAuthError, or what `fetch` itself throws
 */
export function createGoogleFetch(auth: GoogleAuth | undefined): GoogleFetch {
  return async (url, init) => {
    const headers = new Headers(init.headers);
    const token = auth && (await tokenHeaders(auth, url, init.signal));
    token?.forEach((value, name) => {
      headers.set(name, value);
    });
    const reply = await fetch(url, { ...init, headers, redirect: 'error' });
    if (reply.ok) return reply;
    throw toReplyError(reply.status, reply.headers, await reply.text());
  };
}

async function tokenHeaders(auth: GoogleAuth, url: string, signal: AbortSignal): Promise<Headers> {
  const given = auth.getRequestHeaders(url).catch((error: unknown) => {
    throw new GoogleAuthError(error);
  });
  // The library's own look-up cannot be ended, only left.
  return Promise.race([given, untilAborted(signal)]);
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

const Seconds = z.string().regex(/^\d+(\.\d+)?s$/);
const ErrorBody = z.object({
  error: z.object({
    status: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
    details: z
      .array(z.object({ reason: z.string().optional(), retryDelay: Seconds.optional() }))
      .optional(),
  }),
});

/** What an error reply says, without its words. @see https://cloud.google.com/apis/design/errors */
function toReplyError(status: number, headers: Headers, text: string): GoogleReplyError {
  const { error } = parseError(text);
  const detail = error.details?.find(({ reason }) => reason !== undefined);
  const reason = error.errors?.[0]?.reason ?? detail?.reason ?? error.status ?? 'unknown';
  const delay = error.details?.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay;
  const seconds = Number(headers.get('retry-after') ?? delay?.slice(0, -1));
  return new GoogleReplyError(
    status,
    /^\w{1,60}$/.test(reason) ? reason : 'unknown',
    Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : undefined,
  );
}

function parseError(text: string): z.infer<typeof ErrorBody> {
  try {
    return ErrorBody.parse(JSON.parse(text));
  } catch {
    // A balancer's page instead of an API's answer: the status is all that is known.
    return { error: {} };
  }
}

import type { z } from 'zod';
import { internalApiUrl, publicApiUrl } from '../../../core/config/addresses.ts';
import type { Env } from '../../../core/config/env.ts';
import { Problem } from '../../../core/contracts/problem.ts';
import { CostGuardError, isErrorCode } from '../../../core/errors.ts';
import { createOwnToken } from './createOwnToken.ts';
import { platformAway } from './platformAway.ts';

/** One request to the platform's API in the server's own name. */
export interface PlatformRequest<Reply extends z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root on, for instance `/api/v1/audit/cloud-calls`. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as a form, for the OAuth endpoints. */
  form?: Record<string, string>;
  /** The contract of the answer; that of an answer without a body is `z.undefined()`. */
  reply: Reply;
  /** Gives up waiting. */
  signal?: AbortSignal;
}

/** The platform's API, asked by an MCP server in its own name and not in its callers'. */
export interface PlatformClient {
  /**
   * Sends one request and returns the parsed answer. What a repetition would change twice needs an operation that is
   * safe to repeat: after a 401 the request is sent once more with a new token.
   *
   * @throws CostGuardError `api_unavailable` for all that can succeed later (`retryAfterMs` where the API said how long),
   *   `credentials_rejected` when the server's account is not accepted, else the code and detail that the API answered;
   *   the reason of `signal` when that ended the wait
   */
  ask: <Reply extends z.ZodType>(request: PlatformRequest<Reply>) => Promise<z.output<Reply>>;
}

/** What a test sets; the defaults are the real ones. */
export interface PlatformClientOptions {
  fetch?: typeof fetch;
  now: () => Date;
}

const TIMEOUT_MS = 15_000;

/**
 * The API at INTERNAL_API_URL as this server's service account reaches it, COSTGUARD_CLIENT_ID and
 * COSTGUARD_CLIENT_SECRET; undefined where the environment has no such account.
 */
export function createPlatformClient(
  env: Env,
  options: PlatformClientOptions,
): PlatformClient | undefined {
  const { COSTGUARD_CLIENT_ID: clientId, COSTGUARD_CLIENT_SECRET: clientSecret } = env;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  const send = options.fetch ?? fetch;
  const baseUrl = internalApiUrl(env);
  const token = createOwnToken({
    tokenUrl: `${baseUrl}/oauth/token`,
    clientId,
    clientSecret,
    audience: publicApiUrl(env),
    fetch: send,
    now: options.now,
  });
  return {
    ask: async ({ reply, ...request }) => {
      const first = await unlessAborted(token.get(), request.signal);
      let answer = await sendOnce(send, baseUrl, request, first);
      if (answer.status === 401) {
        const second = await unlessAborted(token.get(first), request.signal);
        answer = await sendOnce(send, baseUrl, request, second);
      }
      if (!answer.ok) throw toError(answer);
      const parsed = reply.safeParse(answer.body);
      if (parsed.success) return parsed.data;
      throw new CostGuardError(
        'api_unavailable',
        'The CostGuard API answered in a form that this server does not know. Run both in the same version.',
        { internal: { path: request.path, issues: parsed.error.issues.map(({ path }) => path) } },
      );
    },
  };
}

interface Answer extends Pick<Response, 'ok' | 'status' | 'headers'> {
  /** undefined where it is empty or no JSON. */
  body: unknown;
}

async function sendOnce(
  send: typeof fetch,
  baseUrl: string,
  { method, path, body, form, signal }: Omit<PlatformRequest<z.ZodType>, 'reply'>,
  token: string,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await send(`${baseUrl}${path}`, {
      method,
      // A token goes to the address that the operator gave, and nowhere else.
      redirect: 'error',
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const { ok, status, headers } = response;
    return { ok, status, headers, body: fromJson(await response.text()) };
  } catch (cause) {
    signal?.throwIfAborted();
    throw platformAway({ cause });
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toError({ status, headers, body }: Answer): CostGuardError {
  if (status === 401) {
    return new CostGuardError(
      'credentials_rejected',
      'The API does not take the token that it has just given to this server. Check that the clocks of both agree and that PUBLIC_API_URL is the same for both.',
    );
  }
  const problem = Problem.safeParse(body).data;
  const code = problem?.type.replace('urn:costguard:problem:', '');
  if (status >= 500 || status === 429 || problem === undefined || !isErrorCode(code)) {
    const seconds = Number(headers.get('retry-after') ?? Number.NaN);
    return platformAway({
      ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {}),
      internal: { status, problem },
    });
  }
  return new CostGuardError(code, problem.detail, { internal: { problem } });
}

/** A promise that others wait for too, given up when the signal says so. */
function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    shared.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

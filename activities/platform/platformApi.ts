import type { z } from 'zod';
import { Problem } from '../../core/contracts/problem.ts';
import { CostGuardError, isErrorCode } from '../../core/errors.ts';
import type { AccessTokens } from './accessTokens.ts';

/** One write, and the schema of its answer. */
export interface WriteRequest<T extends z.ZodType = z.ZodType> {
  method: 'POST' | 'PATCH';
  path: string;
  body: unknown;
  idempotencyKey: string;
  reply: T;
  signal?: AbortSignal;
}

/** The platform's REST API, as a service calls it. */
export interface PlatformApi {
  /**
   * Sends a write with an idempotency key, so that a repetition after a lost answer changes nothing.
   *
   * @throws CostGuardError `api_unavailable` for everything that can succeed later, else the code the API answered
   */
  send: <T extends z.ZodType>(
    request: WriteRequest<T>,
  ) => Promise<{ status: number; body: z.output<T> }>;
}

/** Where the API is and how to get in. */
export interface PlatformApiOptions {
  baseUrl: string;
  /** Audience of its tokens: the API's public address. */
  audience: string;
  tokens: AccessTokens;
  fetch: typeof fetch;
}

const TIMEOUT_MS = 15_000;

/** Calls the API over HTTP; a token that was refused is replaced once. */
export function createPlatformApi(options: PlatformApiOptions): PlatformApi {
  const send = async (request: Omit<WriteRequest, 'reply'>): Promise<Response> => {
    const { method, path, body, idempotencyKey, signal } = request;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    return options
      .fetch(`${options.baseUrl}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${await options.tokens.get(options.audience)}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': idempotencyKey,
        },
        body: JSON.stringify(body),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
      .catch((cause: unknown) => {
        throw away({ cause });
      });
  };
  return {
    send: async ({ reply, ...request }) => {
      let response = await send(request);
      if (response.status === 401) {
        options.tokens.forget(options.audience);
        response = await send(request);
      }
      const answer: unknown = await response.json().catch(() => undefined);
      if (!response.ok) throw toError(response.status, answer);
      return { status: response.status, body: reply.parse(answer) };
    },
  };
}

function toError(status: number, answer: unknown): CostGuardError {
  const problem = Problem.safeParse(answer);
  const code = problem.success
    ? problem.data.type.replace('urn:costguard:problem:', '')
    : undefined;
  if (status >= 500 || status === 429 || !problem.success || !isErrorCode(code)) {
    return away({ internal: { status, problem: problem.data } });
  }
  return new CostGuardError(code, problem.data.detail, { internal: { problem: problem.data } });
}

function away(options: ConstructorParameters<typeof CostGuardError>[2]): CostGuardError {
  return new CostGuardError(
    'api_unavailable',
    'The API did not answer; it is tried again by itself.',
    options,
  );
}

import type { z } from 'zod';
import type { Scope } from '../../../core/contracts/access.ts';
import { Problem } from '../../../core/contracts/problem.ts';
import { answerInvalid } from '../../kit/answerInvalid.ts';
import type { ToolCall } from '../../kit/defineTool.ts';
import type { AccessTokens } from './accessTokens.ts';
import { apiUnreachable } from './apiUnreachable.ts';
import { fromProblem } from './fromProblem.ts';
import { harmless } from './harmless.ts';

/** One request to the platform's API. */
export interface ApiRequest<Reply extends z.ZodType> {
  /** Default GET. */
  method?: 'GET' | 'POST';
  /** From `/api/v1` on. */
  path: string;
  /** Parameters; those that are undefined are left out. */
  query?: Record<string, string | number | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  idempotencyKey?: string;
  /** What the operation needs, for whoever lacks it. */
  scope: Scope;
  /** The contract of the answer. */
  reply: Reply;
}

/** The platform's API, asked in the name of whoever calls a tool. */
export interface PlatformApi {
  /** @throws ToolError for everything that the API refuses or fails with */
  ask<Reply extends z.ZodType>(
    request: ApiRequest<Reply>,
    call: ToolCall,
  ): Promise<z.output<Reply>>;
}

const TIMEOUT_MS = 30_000;

/** Asks the API over HTTP; a token that it refuses is replaced once, where another can be had. */
export function createPlatformApi(baseUrl: string, tokens: AccessTokens): PlatformApi {
  return {
    ask: async (request, call) => {
      const token = await tokens.get(call);
      let answer = await send(baseUrl, request, call, token);
      if (answer.status === 401) {
        answer = await send(baseUrl, request, call, await tokens.get(call, token));
      }
      call.progress();
      if (!answer.ok) throw refusalOf(answer, request.scope);
      const parsed = request.reply.safeParse(answer.body);
      if (parsed.success) return parsed.data;
      throw answerInvalid('The API’s answer does not have the form that this server knows.');
    },
  };
}

interface Answer extends Pick<Response, 'ok' | 'status' | 'headers'> {
  /** undefined where it is no JSON. */
  body: unknown;
}

async function send(
  baseUrl: string,
  { method = 'GET', path, query = {}, body, idempotencyKey }: ApiRequest<z.ZodType>,
  { signal }: ToolCall,
  token: string,
): Promise<Answer> {
  const url = new URL(`${baseUrl}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  try {
    const response = await fetch(url, {
      method,
      // A token goes to the address that the operator gave, and nowhere else.
      redirect: 'error',
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const { ok, status, headers } = response;
    return { ok, status, headers, body: fromJson(await response.text()) };
  } catch (error) {
    throw apiUnreachable(error);
  }
}

function fromJson(text: string): unknown {
  try {
    return harmless(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function refusalOf({ status, headers, body }: Answer, scope: Scope) {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return fromProblem({
    status,
    problem: Problem.safeParse(body).data,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
    scope,
  });
}

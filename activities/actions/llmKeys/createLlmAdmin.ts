import type { z } from 'zod';
import type { Env } from '../../../core/config/env.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { findRetryAfterMs } from '../../../core/llm/findRetryAfterMs.ts';
import type { NoteCloudCall } from '../cloudCalls/cloudCall.ts';
import { type AdminProvider, fromAdminStatus } from './fromAdminStatus.ts';

/** One provider's administration of keys. Each request is sent once; what came of a lost one is read, never guessed. */
export interface LlmAdmin {
  /** Reads one thing. `what` names it in errors. @throws CostGuardError `resource_not_found` and as `fromAdminStatus` */
  get: <T extends z.ZodType>(path: string, what: string, answer: T) => Promise<z.output<T>>;
  /** Changes one thing; the answer is not looked at, since the thing is read afterwards. @throws CostGuardError as `get` */
  post: (path: string, what: string, body: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** The administration of each provider. */
export type LlmAdmins = Readonly<Record<'openai' | 'anthropic', LlmAdmin>>;

/** Where the keys and endpoints come from: the worker's own environment. */
export type LlmAdminEnv = Pick<
  Env,
  'OPENAI_ADMIN_KEY' | 'OPENAI_BASE_URL' | 'ANTHROPIC_ADMIN_KEY' | 'ANTHROPIC_BASE_URL'
>;

const REQUEST_TIMEOUT_MS = 20_000;

interface LlmAdminOptions {
  /** Takes each request down; none without it. */
  note?: NoteCloudCall | undefined;
  requestTimeoutMs?: number;
}

/**
 * Makes the clients of both administrations. Without an admin key each request fails with `credentials_rejected`. A
 * request without an answer is given up after `requestTimeoutMs`, default 20,000.
 *
 * @see https://docs.anthropic.com/en/api/admin-api/apikeys/update-api-key
 * @see https://platform.openai.com/docs/api-reference/project-rate-limits
 */
export function createLlmAdmins(
  env: LlmAdminEnv,
  { note, requestTimeoutMs = REQUEST_TIMEOUT_MS }: LlmAdminOptions = {},
): LlmAdmins {
  const limits = { note, requestTimeoutMs };
  return {
    openai: createLlmAdmin(
      'openai',
      { name: 'OpenAI', keyVariable: 'OPENAI_ADMIN_KEY' },
      env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
      env.OPENAI_ADMIN_KEY && { authorization: `Bearer ${env.OPENAI_ADMIN_KEY}` },
      limits,
    ),
    anthropic: createLlmAdmin(
      'anthropic',
      { name: 'Anthropic', keyVariable: 'ANTHROPIC_ADMIN_KEY' },
      env.ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com',
      env.ANTHROPIC_ADMIN_KEY && {
        'x-api-key': env.ANTHROPIC_ADMIN_KEY,
        'anthropic-version': '2023-06-01',
      },
      limits,
    ),
  };
}

function createLlmAdmin(
  id: keyof LlmAdmins,
  provider: AdminProvider,
  baseUrl: string,
  headers: Record<string, string> | '' | undefined,
  { note, requestTimeoutMs: timeoutMs = REQUEST_TIMEOUT_MS }: LlmAdminOptions,
): LlmAdmin {
  const tell = (path: string, { method = 'GET' }: RequestInit, outcome: string, reply?: Response) =>
    note?.({
      provider: id,
      operation: `${method} ${path.replace(/\?.*/s, '')}`,
      resource: null,
      requestId: reply?.headers.get('x-request-id') ?? reply?.headers.get('request-id') ?? null,
      outcome,
      attempts: 1,
    });
  const send = async (path: string, what: string, init: RequestInit): Promise<Response> => {
    if (!headers) {
      throw new CostGuardError(
        'credentials_rejected',
        `The action worker has no admin key of ${provider.name}; set ${provider.keyVariable} in its environment.`,
      );
    }
    const reply = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
      ...init,
      headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
      // The key is for this address only.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch(async (cause: unknown) => {
      await tell(path, init, 'no answer');
      throw unreachable(provider, cause);
    });
    await tell(path, init, reply.ok ? 'ok' : `HTTP ${reply.status}`, reply);
    if (reply.ok) return reply;
    await discard(reply);
    throw fromAdminStatus(provider, what, {
      status: reply.status,
      retryAfterMs: findRetryAfterMs(reply.headers, new Date()),
    });
  };
  return {
    get: async (path, what, answer) => {
      const reply = await send(path, what, { method: 'GET' });
      const text = await reply.text().catch((cause: unknown) => {
        throw unreachable(provider, cause);
      });
      const parsed = answer.safeParse(readJson(text));
      if (parsed.success) return parsed.data;
      throw new CostGuardError(
        'provider_answer_invalid',
        `${provider.name} described ${what} in a form that its API does not promise.`,
        { internal: { issues: parsed.error.issues.map(({ path: at }) => at.join('.')) } },
      );
    },
    post: async (path, what, body) => {
      await discard(await send(path, what, { method: 'POST', body: JSON.stringify(body) }));
    },
  };
}

function unreachable({ name }: AdminProvider, cause: unknown): CostGuardError {
  return new CostGuardError('provider_unavailable', `${name} could not be reached.`, { cause });
}

// What is no JSON fits no schema.
function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

// The status said what is needed; a body that breaks off changes nothing.
async function discard(reply: Response): Promise<void> {
  await reply.body?.cancel().catch(() => undefined);
}

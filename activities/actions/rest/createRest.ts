import { CostGuardError } from '../../../core/errors.ts';
import type { CloudCall, NoteCloudCall } from '../cloudCalls/cloudCall.ts';

/** A request to a cloud's REST API. */
export interface RestCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, at the API's own origin. */
  url: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** The permission that it needs; its name in the audit log too. */
  permission: string;
  /** What it is about, for the audit log. */
  resource: string;
  /** A read is sent again once when no usable answer came; a change is sent once. Default: GET is a read. */
  isRead?: boolean;
  /** Milliseconds after which it is given up; default 20,000. */
  timeoutMs?: number;
}

/** An answer of whatever status. */
export interface RestAnswer {
  status: number;
  headers: Headers;
  /** undefined where the body was no JSON. */
  json: unknown;
}

/** Sends one request. @throws CostGuardError `provider_unavailable` when no answer came, and what the token's source throws */
export type Rest = (call: RestCall) => Promise<RestAnswer>;

/** Whose API it is and how it is reached. */
export interface RestOptions {
  provider: CloudCall['provider'];
  /** As people call it. */
  name: string;
  /** Where the API is; no token is sent anywhere else. */
  origin: string;
  /** An access token. @throws CostGuardError `credentials_rejected` when there is none */
  token: () => Promise<string>;
  /** The provider's own word for what went wrong, and its id of the request. */
  read: (answer: RestAnswer) => { word: string | undefined; requestId: string | undefined };
  /** Takes each call down; none without it. */
  note?: NoteCloudCall | undefined;
  fetch?: typeof fetch;
}

const TIMEOUT_MS = 20_000;
const READS_MAX = 2;

/** The client of one cloud's REST API. It follows no redirect: the token is for the API's origin only. */
export function createRest(options: RestOptions): Rest {
  const { origin, name } = options;
  return async (call) => {
    if (new URL(call.url).origin !== origin) {
      throw new CostGuardError(
        'provider_answer_invalid',
        `${name} named an address at another host; nothing was sent there.`,
      );
    }
    const timesMax = (call.isRead ?? call.method === 'GET') ? READS_MAX : 1;
    for (let times = 1; ; times += 1) {
      const answer = await sendOnce(options, call).catch((cause: unknown) => {
        if (cause instanceof CostGuardError) throw cause;
        return cause instanceof Error ? cause : new Error('no answer', { cause });
      });
      const isFinal = times === timesMax || (!(answer instanceof Error) && answer.status < 500);
      if (!isFinal) continue;
      await options.note?.(toCloudCall(options, call, answer, times));
      if (!(answer instanceof Error)) return answer;
      throw new CostGuardError('provider_unavailable', `${name} could not be reached.`, {
        cause: answer,
      });
    }
  };
}

async function sendOnce(
  { token, fetch: send = fetch }: RestOptions,
  { method, url, body, headers, timeoutMs = TIMEOUT_MS }: RestCall,
): Promise<RestAnswer> {
  const authorization = `Bearer ${await token()}`;
  const reply = await send(url, {
    method,
    headers: {
      ...headers,
      authorization,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: reply.status, headers: reply.headers, json: toJson(await reply.text()) };
}

// What is no JSON fits no schema.
function toJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function toCloudCall(
  { provider, read }: RestOptions,
  { permission, resource }: RestCall,
  answer: RestAnswer | Error,
  attempts: number,
): CloudCall {
  const about = { provider, operation: permission, resource, attempts };
  if (answer instanceof Error) return { ...about, requestId: null, outcome: 'no answer' };
  const { word, requestId } = read(answer);
  const outcome = answer.status < 300 ? 'ok' : (word ?? `HTTP ${answer.status}`);
  return { ...about, requestId: requestId ?? null, outcome };
}

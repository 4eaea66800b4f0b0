import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../../../cli/demo/forward.ts';

/** One request as a counterpart got it. */
export interface GoogleCall {
  method: string;
  /** Path without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Parsed JSON body; undefined where there was none. */
  body: unknown;
}

/** What to answer; undefined lets the call pass. */
export type Answer =
  | { status?: number; json: unknown; headers?: Record<string, string> }
  | { status?: number; html: string }
  | { hang: true }
  | { cut: true };

/** A server on a free loopback port that gives answers, hangs or cuts as it is told. */
export interface Loopback {
  url: string;
  /** Requests that were given up while they hung. */
  abandoned: () => number;
  /** Resolves at the next request that is given up while it hangs. */
  nextAbandoned: () => Promise<void>;
  close: () => Promise<void>;
}

/** Starts it. */
export async function startLoopback(
  answer: (call: GoogleCall) => Answer | Promise<Answer>,
): Promise<Loopback> {
  let abandoned = 0;
  let onAbandoned: (() => void)[] = [];
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const given = await answer(await toCall(incoming));
    if ('hang' in given) {
      outgoing.once('close', () => {
        abandoned += 1;
        for (const tell of onAbandoned) tell();
        onAbandoned = [];
      });
    } else if ('cut' in given) outgoing.destroy();
    else send(outgoing, given);
  };
  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing).catch((error: unknown) => {
      send(outgoing, { status: 599, json: { error: { message: String(error) } } });
    });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    abandoned: () => abandoned,
    nextAbandoned: () => new Promise((resolve) => void onAbandoned.push(resolve)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function toCall(incoming: IncomingMessage): Promise<GoogleCall> {
  const text = await readBody(incoming);
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const isJson = /json/.test(incoming.headers['content-type'] ?? '');
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: incoming.headers,
    body: text === '' ? undefined : isJson ? (JSON.parse(text) as unknown) : text,
  };
}

function send(outgoing: ServerResponse, answer: Exclude<Answer, { hang: true } | { cut: true }>) {
  const isHtml = 'html' in answer;
  outgoing.writeHead(answer.status ?? 200, {
    'content-type': isHtml ? 'text/html' : 'application/json; charset=UTF-8',
    ...('headers' in answer ? answer.headers : {}),
  });
  outgoing.end(isHtml ? answer.html : JSON.stringify(answer.json));
}

/** An error as Google's APIs write it. */
export const googleError = (
  status: number,
  reason: string,
  text: string,
  headers: Record<string, string> = {},
): Answer => ({
  status,
  headers,
  json: {
    error: {
      code: status,
      message: text,
      status: STATUS_NAMES[status] ?? 'UNKNOWN',
      errors: [{ domain: 'global', reason, message: text }],
    },
  },
});

const STATUS_NAMES: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

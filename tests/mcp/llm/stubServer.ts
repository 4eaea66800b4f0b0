import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that a stub received. */
export interface StubCall {
  path: string;
  params: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Resolves when the caller has given the request up. */
  abandoned: Promise<void>;
}

/** What a stub answers: a body as text, or nothing at all. */
export type StubAnswer =
  | { status?: number; body: string; headers?: Record<string, string> }
  | { hang: true }
  | { cut: true };

/** A stub of recorded shapes on a loopback port, which records each call and can be made to fail. */
export interface Stub {
  url: string;
  calls: StubCall[];
  /** Answers in place of the stub while it returns something. */
  answer: (give: (call: StubCall, index: number) => StubAnswer | undefined) => void;
  /** Requests that were given up before they were answered. */
  abandoned: () => number;
  /** Forgets calls and what `answer` was told. */
  clear: () => void;
  close: () => Promise<void>;
}

/** Starts a stub that answers by `respond`. */
export async function startStub(respond: (call: StubCall) => StubAnswer): Promise<Stub> {
  const calls: StubCall[] = [];
  let give: (call: StubCall, index: number) => StubAnswer | undefined = () => undefined;
  let abandoned = 0;
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const call: StubCall = {
      path: url.pathname,
      params: url.searchParams,
      headers: incoming.headers,
      abandoned: new Promise((resolve) =>
        outgoing.once('close', () => {
          if (outgoing.writableFinished || outgoing.statusCode === CUT) return;
          abandoned += 1;
          resolve();
        }),
      ),
    };
    calls.push(call);
    send(outgoing, give(call, calls.length - 1) ?? respond(call));
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (next) => {
      give = next;
    },
    abandoned: () => abandoned,
    clear: () => {
      calls.length = 0;
      give = () => undefined;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// Marks a connection that the stub itself cut.
const CUT = 599;

function send(outgoing: ServerResponse, answer: StubAnswer): void {
  if ('hang' in answer) return;
  if ('cut' in answer) {
    outgoing.statusCode = CUT;
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(answer.status ?? 200, {
    'content-type': 'application/json',
    ...answer.headers,
  });
  outgoing.end(answer.body);
}

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request that a receiver took in whole. */
export interface ReceivedRequest {
  at: number;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How a receiver treats a request: answers, never answers, or cuts the line. */
export type Behaviour =
  { status: number; headers?: Record<string, string> } | 'hang' | 'cut' | 'drip';

/** A webhook's receiver on loopback that can fail in every way a receiver does. */
export interface Receiver {
  port: number;
  url: string;
  requests: ReceivedRequest[];
  /** What the next requests meet, in order; after that 200. */
  next: (...behaviours: Behaviour[]) => void;
  close: () => Promise<void>;
}

/** Starts it; with a certificate it speaks TLS. */
export async function startReceiver(tls?: { key: string; cert: string }): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const queue: Behaviour[] = [];
  const handle = (
    request: { url?: string | undefined; headers: IncomingHttpHeaders } & AsyncIterable<Buffer>,
    response: ServerResponse,
  ) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += chunk.toString();
      const { headers, url: path = '' } = request;
      requests.push({ at: Date.now(), path, headers, body });
      answer(response, queue.shift() ?? { status: 200 });
    })();
  };
  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/hook/top-secret-path`,
    requests,
    next: (...behaviours) => queue.push(...behaviours),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour === 'hang') return;
  if (behaviour === 'cut') {
    response.destroy();
    return;
  }
  if (behaviour === 'drip') {
    // Headers at once, a body that never ends.
    response.writeHead(200);
    response.write('x');
    return;
  }
  response.writeHead(behaviour.status, behaviour.headers).end('the answer of somebody else');
}

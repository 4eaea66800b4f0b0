import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the proxy answers instead of the API. */
export type Fault = 'failing' | 'busy' | 'cut' | 'hanging' | 'nonsense' | 'not-exchanging';

/** A request as it came through. */
export interface SeenRequest {
  method: string;
  path: string;
  authorization: string;
}

/** A wire to the API that a test can disturb, and that remembers what went over it. */
export interface ApiProxy {
  url: string;
  seen: SeenRequest[];
  /** Requests that hung until their caller gave up. */
  abandoned: () => number;
  /** Until healed by undefined; what the server judges its callers' tokens by stays to be had. */
  break: (fault: Fault | undefined) => void;
  /** Changes the text of each answer. */
  rewrite: (change: ((text: string) => string) | undefined) => void;
  close: () => Promise<void>;
}

/** Starts a proxy on a free loopback port. */
export async function startApiProxy(target: string): Promise<ApiProxy> {
  const seen: SeenRequest[] = [];
  let fault: Fault | undefined;
  let change: ((text: string) => string) | undefined;
  let abandoned = 0;
  const disturb = (path: string, res: ServerResponse): boolean => {
    switch (fault) {
      case undefined:
        return false;
      case 'failing':
        res.writeHead(500).end('<html>secret-upstream-text</html>');
        return true;
      case 'busy':
        res.writeHead(429, {
          'content-type': 'application/problem+json',
          'retry-after': '7',
        });
        res.end(JSON.stringify({ ...PROBLEM, type: 'urn:costguard:problem:too_many_requests' }));
        return true;
      case 'cut':
        res.destroy();
        return true;
      case 'nonsense':
        res.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[{"id":1}]}');
        return true;
      case 'hanging':
        res.on('close', () => (abandoned += 1));
        return true;
      case 'not-exchanging':
        if (path !== '/oauth/token') return false;
        res.writeHead(503).end('{}');
        return true;
    }
  };
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = req.url ?? '';
    const { authorization = '' } = req.headers;
    seen.push({ method: req.method ?? '', path, authorization });
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    if (!STEADY.includes(path) && disturb(path, res)) return;
    const answer = await fetch(`${target}${path}`, {
      method: req.method ?? 'GET',
      headers: forwarded(req),
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    const text = await answer.text();
    res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    res.end(change?.(text) ?? text);
  };
  const server = createServer((req, res) => {
    handle(req, res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    abandoned: () => abandoned,
    break: (next) => {
      fault = next;
    },
    rewrite: (next) => {
      change = next;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const STEADY = ['/.well-known/jwks.json', '/oauth/introspect'];

const PROBLEM = {
  title: 'Too many requests',
  status: 429,
  detail: 'Wait a little.',
  requestId: 'r-1',
};

const KEPT = ['authorization', 'content-type', 'idempotency-key'];

const forwarded = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    KEPT.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );

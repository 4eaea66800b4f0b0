import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../../cli/demo/forward.ts';

/** One request of an AWS SDK. */
export interface AwsCall {
  /** Operation of JSON protocols such as `GetCostAndUsage`, or the `Action` of query protocols. */
  operation: string;
  /** Parsed JSON body; a query protocol's form fields. */
  body: Record<string, unknown>;
  /** Resolves when the caller has given the request up. */
  abandoned: Promise<void>;
}

/** What to answer instead of asking moto. */
export type Answer =
  | { status?: number; json: unknown; headers?: Record<string, string> }
  | { status?: number; html: string }
  | { hang: true }
  | { cut: true };

/** Moto behind a proxy that records each call and can answer in its place. */
export interface AwsProxy {
  /** For `AWS_ENDPOINT_URL`. */
  url: string;
  calls: AwsCall[];
  /** Calls of Cost Explorer, which are the ones that cost money. */
  paid: () => AwsCall[];
  /** Answers calls of an operation while it returns something; `undefined` lets the call pass to moto. */
  answer: (operation: string, give: (call: AwsCall, index: number) => Answer | undefined) => void;
  /** Cuts the connections of calls that were left without an answer. */
  cutHanging: () => void;
  /** Forgets calls and answers. */
  clear: () => void;
  close: () => Promise<void>;
}

/** Starts the proxy on a free loopback port. */
export async function startAwsProxy(upstream: string): Promise<AwsProxy> {
  const calls: AwsCall[] = [];
  const rules = new Map<string, (call: AwsCall, index: number) => Answer | undefined>();
  const hanging = new Set<ServerResponse>();
  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const text = await readBody(incoming);
    const call: AwsCall = {
      ...parse(incoming, text),
      abandoned: new Promise((resolve) =>
        outgoing.once('close', () => {
          if (!outgoing.writableFinished) resolve();
        }),
      ),
    };
    const index = calls.filter(({ operation }) => operation === call.operation).length;
    calls.push(call);
    const given = rules.get(call.operation)?.(call, index);
    if (given) {
      if ('hang' in given) hanging.add(outgoing);
      else send(outgoing, given);
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name)),
    ) as Record<string, string>;
    const answer = await fetch(upstream + (incoming.url ?? '/'), {
      method: incoming.method ?? 'POST',
      headers,
      body: text,
    });
    outgoing.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'text/plain',
    });
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  };
  // Longer than a test waits: a connection closed while idle would make the SDK send its request twice.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    paid: () => calls.filter(({ operation }) => operation !== 'GetCallerIdentity'),
    answer: (operation, give) => void rules.set(operation, give),
    cutHanging: () => {
      for (const outgoing of hanging) outgoing.destroy();
      hanging.clear();
    },
    clear: () => {
      calls.length = 0;
      rules.clear();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const HOP_BY_HOP = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect']);

function send(outgoing: ServerResponse, answer: Exclude<Answer, { hang: true }>): void {
  if ('cut' in answer) {
    outgoing.destroy();
    return;
  }
  const isHtml = 'html' in answer;
  outgoing.writeHead(answer.status ?? 200, {
    'content-type': isHtml ? 'text/html' : 'application/x-amz-json-1.1',
    ...('headers' in answer ? answer.headers : {}),
  });
  outgoing.end(isHtml ? answer.html : JSON.stringify(answer.json));
}

function parse(incoming: IncomingMessage, text: string): Pick<AwsCall, 'operation' | 'body'> {
  const target = incoming.headers['x-amz-target'];
  if (typeof target === 'string') {
    return {
      operation: target.split('.').at(-1) ?? '',
      body: JSON.parse(text) as Record<string, unknown>,
    };
  }
  const body = Object.fromEntries(new URLSearchParams(text));
  return { operation: body['Action'] ?? '', body };
}

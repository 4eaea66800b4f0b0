import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readBody } from '../../../cli/demo/forward.ts';
import {
  type CloudCall,
  type CloudRequest,
  createFaultDesk,
  type CloudFaults,
} from './cloudFaults.ts';

/** What a stub answers. */
export interface CloudReply {
  status: number;
  json?: unknown;
  headers?: Record<string, string>;
  /** Whether something changed, or will when the operation ends. Default: for every change that was not refused. */
  isEffective?: boolean;
}

/** What a fault asks of the stub itself. */
export interface Wanted {
  /** The code that the operation is to fail with. */
  fails: string | undefined;
  /** How long the operation is to take. */
  takesMs: number | undefined;
}

/** A cloud behind the faults. */
export interface Cloud {
  /** What a request is about; undefined for one that is no call to the cloud, such as for a token. */
  identify: (
    request: CloudRequest,
  ) => Pick<CloudCall, 'name' | 'resource' | 'isChange'> | undefined;
  answer: (request: CloudRequest, wanted: Wanted) => CloudReply | Promise<CloudReply>;
  /** An error as the provider writes it. */
  refuse: (code: string, status: number) => unknown;
}

/** A cloud on loopback. */
export interface CloudServer {
  url: string;
  faults: CloudFaults;
  close: () => Promise<void>;
}

/** Serves a cloud on a free loopback port; with a certificate, over TLS. */
export async function startCloudServer(
  open: (url: string) => Cloud,
  certificate?: { key: string; cert: string },
): Promise<CloudServer> {
  const desk = createFaultDesk();
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      send(outgoing, { status: 599, json: { error: { message: String(error) } } });
    });
  };
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await toRequest(incoming);
    const about = cloud.identify(request);
    if (about === undefined) {
      send(outgoing, await cloud.answer(request, { fails: undefined, takesMs: undefined }));
      return;
    }
    const call: CloudCall = { ...about, request, arrived: false };
    const { fault, tell } = desk.take(call);
    const isObject = typeof fault === 'object';
    if (!isObject || !('hold' in fault) || fault.hold === 'before') tell();
    if (isObject && 'error' in fault) {
      const status = fault.status ?? 400;
      const wait = fault.retryAfterSeconds;
      const headers = wait === undefined ? {} : { 'retry-after': String(wait) };
      send(outgoing, { status, json: cloud.refuse(fault.error, status), headers });
      return;
    }
    if (isObject && 'hold' in fault && fault.hold === 'before') {
      desk.hold(incoming.socket);
      return;
    }
    const reply = await cloud.answer(request, {
      fails: isObject && 'fails' in fault ? fault.fails : undefined,
      takesMs: isObject && 'takesMs' in fault ? fault.takesMs : undefined,
    });
    call.arrived = reply.isEffective ?? reply.status < 300;
    if (fault === 'loseReply') incoming.socket.destroy();
    else if (isObject && 'hold' in fault) {
      desk.hold(incoming.socket);
      tell();
    } else send(outgoing, reply);
  };
  const server = certificate ? createTlsServer(certificate, listener) : createServer(listener);
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  const cloud = open(url);
  return {
    url,
    faults: desk,
    close: async () => {
      desk.clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function toRequest(incoming: IncomingMessage): Promise<CloudRequest> {
  const text = await readBody(incoming);
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const isJson = /json/.test(incoming.headers['content-type'] ?? '');
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: incoming.headers,
    body: text === '' ? undefined : isJson ? (JSON.parse(text) as unknown) : text,
  };
}

function send(outgoing: ServerResponse, { status, json, headers = {} }: CloudReply): void {
  outgoing.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers });
  outgoing.end(json === undefined ? undefined : JSON.stringify(json));
}

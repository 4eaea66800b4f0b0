import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBody } from '../../cli/demo/forward.ts';
import { testCertificate } from '../notifications/testCertificate.ts';

/** A form that was posted to a host which the proxy stands in for. */
export interface PostedForm {
  path: string;
  form: URLSearchParams;
}

/** What the host answers, as JSON. */
export interface FormAnswer {
  status?: number;
  json: unknown;
}

/** A proxy that stands in for one host of the internet over TLS, and lets nothing else through. */
export interface TlsProxy {
  /** For a process whose clients are to meet the stand-in: the proxy, and trust in its certificate. */
  env: Record<string, string>;
  /** Hosts that were asked for and are not the one. */
  refused: string[];
  close: () => Promise<void>;
}

/**
 * Starts it for a host that a stored credential may not change, such as where Google gives tokens: the server under test keeps
 * asking that host by its name, and checks its certificate.
 *
 * @param authority a certificate that the process has to trust as well, as PEM
 */
export async function startTlsProxy(
  host: string,
  answer: (posted: PostedForm) => FormAnswer | Promise<FormAnswer>,
  authority = '',
): Promise<TlsProxy> {
  const certificate = await testCertificate(host);
  const folder = await mkdtemp(join(tmpdir(), 'tls-proxy-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, `${certificate.cert}\n${authority}`);
  const standIn: Server = createServer(certificate, (incoming, outgoing) => {
    const handle = async (): Promise<void> => {
      const form = new URLSearchParams(await readBody(incoming));
      const { status = 200, json } = await answer({ path: incoming.url ?? '/', form });
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    };
    handle().catch(() => outgoing.destroy());
  });
  const refused: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createHttpServer((_incoming, outgoing) => outgoing.writeHead(403).end());
  proxy.on('connect', (request, socket: Socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined));
    if (request.url === `${host}:443`) {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      standIn.emit('connection', socket);
      return;
    }
    refused.push(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    env: { HTTPS_PROXY: url, NO_PROXY: '127.0.0.1,localhost', NODE_EXTRA_CA_CERTS: file },
    refused,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

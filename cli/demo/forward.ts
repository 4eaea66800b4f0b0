import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** A whole answer of moto. */
export interface WholeAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Passes a request on to moto as it came, and moto's answer back as it comes. @throws the network's error */
export async function forward(
  motoUrl: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const upstream = ask(motoUrl, incoming);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve).once('error', reject);
  });
  const [answer] = await Promise.all([answered, pipeline(incoming, upstream)]);
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, outgoing);
}

/** Passes a request on to moto with a body that was read before. @throws the network's error */
export async function forwardBody(
  motoUrl: string,
  incoming: IncomingMessage,
  body: string,
): Promise<WholeAnswer> {
  const upstream = ask(motoUrl, incoming, { 'content-length': String(Buffer.byteLength(body)) });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve).once('error', reject);
    upstream.end(body);
  });
  return {
    status: answer.statusCode ?? 502,
    headers: answer.headers,
    body: await readBody(answer),
  };
}

/** The text of a message. @throws RangeError when it is longer than 64 MiB */
export async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new RangeError('The message is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const BODY_BYTES_MAX = 64 * 1024 * 1024;

function ask(motoUrl: string, incoming: IncomingMessage, changed: Record<string, string> = {}) {
  const { hostname, port } = new URL(motoUrl);
  return request({
    hostname,
    port,
    method: incoming.method,
    path: incoming.url,
    headers: { ...incoming.headers, ...changed },
    // moto closes each connection; a kept one would be found dead.
    agent: false,
  });
}

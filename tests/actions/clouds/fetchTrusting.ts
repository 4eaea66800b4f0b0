import { request } from 'node:https';
import { readBody } from '../../../cli/demo/forward.ts';

/** A `fetch` that trusts one more authority: Node reads NODE_EXTRA_CA_CERTS only when a process starts. */
export function fetchTrusting(ca: string): typeof fetch {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const headers = Object.fromEntries(new Headers(init.headers).entries());
      const { method = 'GET', body, signal } = init;
      const url = input instanceof Request ? input.url : input;
      const options = { ca, method, headers, agent: false, ...(signal ? { signal } : {}) };
      const outgoing = request(url, options, (reply) => {
        readBody(reply).then((text) => {
          const { statusCode: status = 599 } = reply;
          const pairs = Object.entries(reply.headers).map(([name, value]) => [name, String(value)]);
          const hasBody = status !== 204;
          resolve(
            new Response(hasBody ? text : null, {
              status,
              headers: Object.fromEntries(pairs) as Record<string, string>,
            }),
          );
        }, reject);
      });
      outgoing.on('error', reject);
      outgoing.end(typeof body === 'string' ? body : undefined);
    });
}

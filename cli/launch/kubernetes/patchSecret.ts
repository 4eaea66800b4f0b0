import { request } from 'node:https';
import type { Cluster } from './openCluster.ts';

const TIMEOUT_MS = 20_000;

/**
 * Writes keys of a Secret that exists, and leaves its other keys alone.
 *
 * @param values plain text by key
 * @throws Error naming the Secret, never a value, when the API server refuses
 */
export async function patchSecret(
  cluster: Cluster,
  name: string,
  values: Record<string, string>,
): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  const url = `${cluster.url}/api/v1/namespaces/${cluster.namespace}/secrets/${name}`;
  const status = await patch(url, cluster, JSON.stringify({ data })).catch((cause: unknown) => {
    throw new Error(`The Secret ${name} could not be written: no answer of the API server.`, {
      cause,
    });
  });
  if (status >= 400)
    throw new Error(
      `The Secret ${name} could not be written: the API server answered ${status}. The chart makes it, and lets the preparation's ServiceAccount patch it.`,
    );
}

// Node's fetch takes a certificate authority only from the environment that the process was started with.
function patch(url: string, { ca, token }: Cluster, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/merge-patch+json',
      'Content-Length': Buffer.byteLength(body),
    };
    const call = request(url, { method: 'PATCH', ca, headers, timeout: TIMEOUT_MS }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        resolve(answer.statusCode ?? 500);
      });
    });
    call.once('timeout', () => call.destroy(new Error('timed out')));
    call.once('error', reject);
    call.end(body);
  });
}

import { randomInt } from 'node:crypto';
import { isPortFree } from './isPortFree.ts';

/**
 * A loopback TCP port that was free a moment ago; another process may still take it first. It lies below the range from
 * which operating systems take the ports of outgoing connections: one of those would block it later, for a minute.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(10_240, 32_000);
    if (await isPortFree(port)) return port;
  }
  throw new Error('No free port was found.');
}

import { randomInt } from 'node:crypto';
import { isPortFree } from './isPortFree.ts';

/**
 * A loopback TCP port that was free a moment ago; another process may still take it first. It lies below the range from
 * which operating systems take the ports of outgoing connections: one of those would block it later, for a minute.
 *
 * @param count how many ports in a row, of which the first is returned
 */
export async function findFreePort(count = 1): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(10_240, 32_000);
    const row = Array.from({ length: count }, (_, offset) => isPortFree(port + offset));
    if ((await Promise.all(row)).every(Boolean)) return port;
  }
  throw new Error('No free port was found.');
}

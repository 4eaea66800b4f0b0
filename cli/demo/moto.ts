import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';

const RETRY_MS = 250;
const KEEP_ALIVE_MS = 5_000;

/** Resolves when moto answers; says once that it is waiting. @throws AbortError when the signal aborts */
export async function waitForMoto(
  motoUrl: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let hasSaid = false;
  while (!(await answers(motoUrl, signal))) {
    if (!hasSaid) log.info({ motoUrl }, 'Waiting for moto');
    hasSaid = true;
    await wait(RETRY_MS, undefined, { signal });
  }
}

/**
 * Tells when moto's process ends: it forgets everything then, and nothing in its API says that it was started anew. A
 * connection on which nothing is ever asked ends with the process. `lost` rejects when the signal aborts.
 */
export function watchMoto(
  motoUrl: string,
  signal: AbortSignal,
): { lost: Promise<void>; stop: () => void } {
  const { hostname, port } = new URL(motoUrl);
  const witness = connect({ host: hostname, port: Number(port) });
  witness.setKeepAlive(true, KEEP_ALIVE_MS);
  const lost = new Promise<void>((resolve, reject) => {
    witness.on('error', () => undefined).once('close', resolve);
    signal.addEventListener('abort', () => reject(new Error('Ended in order')), { once: true });
  });
  // Whoever stops before it ends does not wait for it.
  lost.catch(() => undefined);
  return { lost, stop: () => witness.destroy() };
}

async function answers(motoUrl: string, signal: AbortSignal): Promise<boolean> {
  try {
    const reply = await fetch(`${motoUrl}/moto-api/config`, { signal });
    await reply.body?.cancel();
    return reply.ok;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}

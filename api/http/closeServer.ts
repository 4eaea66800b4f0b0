import type { Server } from 'node:http';

/** Takes no new requests, lets the running ones end for at most `drainMs`, and closes what is left. */
export async function closeServer(server: Server, drainMs: number): Promise<void> {
  const drained = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await drained;
  clearTimeout(timer);
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { CloudCallLog } from './createCloudCallLog.ts';

/** Whose call leads to requests to the provider. */
interface CloudCallScope {
  tool: string;
  caller: string;
  log: CloudCallLog;
}

/** Requests to the provider that came to an end, of one connection. */
interface Sent {
  connectionId: string;
  operation: string;
  /** ok, or the code of the error. */
  status: string;
  count: number;
}

const scopes = new AsyncLocalStorage<CloudCallScope>();

/** Runs a call so that the requests which it leads to are noted under its name; without a log they are not. */
export function withCloudCalls<T>(
  { log, ...scope }: { tool: string; caller: string; log: CloudCallLog | undefined },
  run: () => T,
): T {
  return log === undefined ? run() : scopes.run({ ...scope, log }, run);
}

/** Notes requests in the log of the call that is under way. An answer that several wait for is under who asked first. */
export function noteCloudCall(sent: Sent): void {
  const scope = scopes.getStore();
  if (scope === undefined) return;
  const { caller, log, tool } = scope;
  log.note({ ...sent, tool, caller });
}

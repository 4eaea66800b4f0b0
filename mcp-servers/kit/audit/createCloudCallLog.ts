import type { Logger } from 'pino';
import { z } from 'zod';
import type { CloudCall, CloudCallReport } from '../../../core/contracts/audit.ts';
import type { PlatformClient } from '../platform/createPlatformClient.ts';

/** Requests of a server to its provider, on their way to the audit log. */
export interface CloudCallLog {
  /** Keeps requests for the next report; never waits and never fails. */
  note: (call: Omit<CloudCall, 'at' | 'connectionId'> & { connectionId: string }) => void;
  /** Sends what is kept, at most {@link REPORT_MAX} calls; resolves when it was tried. */
  flush: () => Promise<void>;
  /** Sends all that is kept, for as long as that works, and stops. */
  close: () => Promise<void>;
}

/** What the log needs from outside. */
export interface CloudCallLogOptions {
  server: string;
  platform: Pick<PlatformClient, 'ask'>;
  log: Logger;
  now: () => Date;
  /** Time between reports, ms; default 10,000. */
  intervalMs?: number;
}

/** Different calls that are kept while the API is away: some hours of polls. More are counted and said to be lost. */
export const KEPT_MAX = 5_000;
const REPORT_MAX = 500;
const COUNT_MAX = 100_000;
const INTERVAL_MS = 10_000;
const CLOSE_TIMEOUT_MS = 3_000;

const isId = (text: string): boolean => z.uuid().safeParse(text).success;

/**
 * Collects the requests that tool calls make to the provider and reports them to the API in batches. Calls that differ in
 * nothing but their time are one with a count. While the API is away they are kept, up to {@link KEPT_MAX}; what is beyond
 * that is counted, logged and reported as lost. A report whose answer was lost is sent again, so a call may be
 * reported twice but is never lost in silence.
 */
export function createCloudCallLog(options: CloudCallLogOptions): CloudCallLog {
  const { intervalMs = INTERVAL_MS, log, now, platform, server } = options;
  const kept = new Map<string, CloudCall>();
  let lost = 0;
  let flight: Promise<boolean> | undefined;

  const lose = (count: number): void => {
    if (lost === 0) log.warn({ keptMax: KEPT_MAX }, 'provider requests are lost to the audit log');
    lost += count;
  };
  const keep = (call: CloudCall): void => {
    const { count } = call;
    const key = JSON.stringify({ ...call, at: undefined, count: undefined });
    const known = kept.get(key);
    if (known !== undefined && known.count + count <= COUNT_MAX) known.count += count;
    else if (known === undefined && kept.size < KEPT_MAX) kept.set(key, { ...call });
    else lose(count);
  };
  const send = async (signal?: AbortSignal): Promise<boolean> => {
    const keys = [...kept.keys()].slice(0, REPORT_MAX);
    const calls = keys.flatMap((key) => kept.get(key) ?? []);
    const body: CloudCallReport = { server, calls, lost };
    if (calls.length === 0 && lost === 0) return true;
    for (const key of keys) kept.delete(key);
    const reported = lost;
    lost = 0;
    try {
      await report(platform, body, signal);
      return true;
    } catch (error) {
      log.warn({ err: error, calls: calls.length }, 'provider requests are reported later');
      lost += reported;
      calls.forEach(keep);
      return false;
    }
  };
  const flush = (signal?: AbortSignal): Promise<boolean> => {
    flight ??= send(signal).finally(() => (flight = undefined));
    return flight;
  };
  const timer = setInterval(() => void flush(), intervalMs);
  timer.unref();
  return {
    note: ({ connectionId, ...call }) => {
      const at = now().toISOString();
      keep({ ...call, at, connectionId: isId(connectionId) ? connectionId : null });
    },
    flush: async () => {
      await flush();
    },
    close: async () => {
      clearInterval(timer);
      const signal = AbortSignal.timeout(CLOSE_TIMEOUT_MS);
      await flight;
      while ((kept.size > 0 || lost > 0) && (await flush(signal)));
      const calls = [...kept.values()].reduce((sum, { count }) => sum + count, lost);
      if (calls > 0) log.error({ calls }, 'provider requests never reached the audit log');
    },
  };
}

const report = (
  platform: CloudCallLogOptions['platform'],
  body: CloudCallReport,
  signal: AbortSignal | undefined,
): Promise<undefined> =>
  platform.ask({
    method: 'POST',
    path: '/api/v1/audit/cloud-calls',
    body,
    reply: z.undefined(),
    ...(signal === undefined ? {} : { signal }),
  });

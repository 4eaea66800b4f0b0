import type { PollNotice } from './pollNotice.ts';

const AHEAD_MS_MAX = 5 * 60_000;

/**
 * The notice that the answer to a poll claims to come from the future; undefined where it does not. Nothing is taken from
 * that clock: a poll's days come from its scheduled time and what was seen when from the worker, so the costs stand. An
 * answer from the past is one from a cache.
 */
export function clockNotice(dataAsOf: Date | undefined, now: Date): PollNotice | undefined {
  const aheadMs = (dataAsOf?.getTime() ?? 0) - now.getTime();
  if (aheadMs <= AHEAD_MS_MAX) return undefined;
  return {
    code: 'clock_ahead',
    detail: `The clock of this connection’s MCP server is ${Math.round(aheadMs / 60_000)} minutes ahead of the worker’s. The costs are stored as they are; set the clock of either machine.`,
  };
}

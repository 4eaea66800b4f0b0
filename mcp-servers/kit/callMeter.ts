import { ToolError } from '../../core/mcp/toolError.ts';

/** What one tool call has asked of the provider so far. */
export interface CallMeter {
  upstreamCalls: number;
  cacheHits: number;
  /** Bytes that were scanned and are paid for, where the provider charges for those. */
  bytesScanned?: number;
  readonly callsMax: number;
}

/** Paid requests that one tool call may make. */
export const CALLS_PER_TOOL_CALL = 20;

/** A meter at zero. */
export const createCallMeter = (callsMax = CALLS_PER_TOOL_CALL): CallMeter => ({
  upstreamCalls: 0,
  cacheHits: 0,
  callsMax,
});

/** Refuses the request that would go beyond the meter's limit. @throws ToolError `RESULT_TOO_LARGE` */
export function assertCallLeft(meter: CallMeter): void {
  if (meter.upstreamCalls < meter.callsMax) return;
  throw new ToolError(
    'RESULT_TOO_LARGE',
    `The answer needs more than ${meter.callsMax} paid provider requests, the limit of one call. Ask for a shorter period, a coarser granularity or fewer groups.`,
  );
}

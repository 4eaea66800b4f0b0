import { createCallMeter } from '../kit/callMeter.ts';
import type { ConnectionCall } from '../kit/costs/createAsk.ts';

/**
 * Asks with a limit of requests of its own: the common one is there for requests that cost money, and would end long lists
 * of a free API early. What was sent is metered all the same.
 */
export async function withFreeRequests<T>(
  call: ConnectionCall,
  requestsMax: number,
  ask: (call: ConnectionCall) => Promise<T>,
): Promise<T> {
  const meter = createCallMeter(requestsMax);
  try {
    return await ask({ ...call, meter });
  } finally {
    call.meter.upstreamCalls += meter.upstreamCalls;
    call.meter.cacheHits += meter.cacheHits;
  }
}

import { createAnswerCache, type Answer, type Loaded } from '../answerCache.ts';
import type { ConnectionHealth } from '../connectionHealth.ts';
import { fingerprint } from '../cursor.ts';
import type { SourceCall } from './sourceCall.ts';

/** A call of the source about one of its connections. */
export interface ConnectionCall extends SourceCall {
  connectionId: string;
}

/** Asks a question of a connection: from cache while the answer may be trusted, else by `load`. */
export type Ask<T> = (
  question: unknown,
  call: ConnectionCall,
  load: (call: ConnectionCall) => Promise<Loaded<T>>,
) => Promise<Answer<T>>;

/** Gives the {@link Ask} of a name: always the same one, so that the sources of many credentials share its cache. */
export type Asks = <T>(name: string, weightMax: number) => Ask<T>;

/** The asks of one server, each with a cache of its own. */
export function createAsks(health: ConnectionHealth, now: () => Date): Asks {
  const known = new Map<string, Ask<unknown>>();
  return <T>(name: string, weightMax: number): Ask<T> => {
    const ask = known.get(name) ?? createAsk<unknown>(health, now, weightMax);
    known.set(name, ask);
    // A name always stands for the same kind of value.
    return ask as Ask<T>;
  };
}

/** An {@link Ask} with a cache of its own; hits are metered, and what the provider answers is noted as the connection's health. */
export function createAsk<T>(health: ConnectionHealth, now: () => Date, weightMax: number): Ask<T> {
  const cache = createAnswerCache<T>(now, weightMax);
  return async (question, call, load) => {
    const answer = await cache.get(
      fingerprint([call.connectionId, call.identity ?? '', question]),
      {
        signal: call.signal,
        maxAgeMs: call.maxAgeMs,
        load: (signal) => health.watch(call.connectionId, () => load({ ...call, signal })),
      },
    );
    if (answer.hit) call.meter.cacheHits += 1;
    return answer;
  };
}

/** The envelope's word on one connection that answered. */
export const toSourceStatus = (connectionId: string, stale: boolean) =>
  ({ connectionId, status: stale ? 'stale' : 'ok' }) as const;

import { ToolError, type ToolErrorCode } from '../../core/mcp/toolError.ts';

/** A value as the provider gave it at `asOf`. */
export interface Answer<T> {
  value: T;
  asOf: Date;
  /** Answered without asking the provider. */
  hit: boolean;
  /** Older than it should be, given because the provider could not be asked. */
  stale: boolean;
}

/** A value with how long it may be trusted and how much room it takes. */
export interface Loaded<T> {
  value: T;
  ttlMs: number;
  /** Roughly the number of rows; at least 1. */
  weight: number;
}

/** How one value is asked for. */
export interface LoadOptions<T> {
  load: (signal: AbortSignal) => Promise<Loaded<T>>;
  /** Gives up waiting; the request itself is ended when everybody who waits for it has given up. */
  signal: AbortSignal;
  /** Accept a cached value only if it is younger. */
  maxAgeMs?: number | undefined;
}

/** Answers by key, the least recently used dropped first; equal keys asked at the same time are one request. */
export interface AnswerCache<T> {
  get(key: string, options: LoadOptions<T>): Promise<Answer<T>>;
}

interface Entry<T> extends Loaded<T> {
  asOf: Date;
}

interface Flight<T> {
  answer: Promise<Entry<T>>;
  waiting: number;
  controller: AbortController;
}

const FAILURE_TTL_MS = 60_000;
// Failures that stay until a person does something; asking again at once would only cost.
const LASTING: ReadonlySet<ToolErrorCode> = new Set(['PERMISSION_MISSING', 'UNSUPPORTED']);

/**
 * A cache in this process that holds at most `weightMax`. An expired value is kept and given, marked stale, when the call
 * budget is used up. Failures that a person must repair are remembered for a minute.
 */
export function createAnswerCache<T>(now: () => Date, weightMax: number): AnswerCache<T> {
  const entries = createLru<Entry<T>>(weightMax);
  const failures = createFailures(now);
  const flights = new Map<string, Flight<T>>();

  const start = (key: string, load: LoadOptions<T>['load']): Flight<T> => {
    const controller = new AbortController();
    const asOf = now();
    const answer = load(controller.signal).then(
      (loaded) => {
        const entry = { ...loaded, asOf };
        entries.set(key, entry);
        return entry;
      },
      (error: unknown) => {
        failures.remember(key, error);
        throw error;
      },
    );
    const flight = { answer, waiting: 0, controller };
    flights.set(key, flight);
    return flight;
  };

  return {
    get: async (key, { load, signal, maxAgeMs = Infinity }) => {
      signal.throwIfAborted();
      const entry = entries.get(key);
      const age = entry ? now().getTime() - entry.asOf.getTime() : Infinity;
      if (entry && age < entry.ttlMs && age <= maxAgeMs) {
        return { value: entry.value, asOf: entry.asOf, hit: true, stale: false };
      }
      failures.throwIfRemembered(key);
      const joined = flights.get(key);
      const flight = joined ?? start(key, load);
      try {
        const { value, asOf } = await waitFor(flight, signal);
        return { value, asOf, hit: joined !== undefined, stale: false };
      } catch (error) {
        if (entry && error instanceof ToolError && error.meta.code === 'BUDGET_EXHAUSTED') {
          return { value: entry.value, asOf: entry.asOf, hit: true, stale: true };
        }
        throw error;
      } finally {
        // Landed, or ended because nobody waits: whoever comes next starts afresh.
        if (flight.waiting === 0 && flights.get(key) === flight) flights.delete(key);
      }
    },
  };
}

function createLru<E extends { weight: number }>(weightMax: number) {
  const entries = new Map<string, E>();
  let weight = 0;
  const remove = (key: string): void => {
    weight -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };
  const set = (key: string, entry: E): void => {
    remove(key);
    entries.set(key, entry);
    weight += entry.weight;
    for (const oldest of entries.keys()) {
      if (weight <= weightMax || oldest === key) break;
      remove(oldest);
    }
  };
  const get = (key: string): E | undefined => {
    const entry = entries.get(key);
    // A Map keeps the order of insertion: what is used goes to the end.
    if (entry) set(key, entry);
    return entry;
  };
  return { get, set };
}

function createFailures(now: () => Date) {
  const failures = new Map<string, { error: ToolError; until: number }>();
  const forgetOld = (): void => {
    for (const [key, { until }] of failures) if (until <= now().getTime()) failures.delete(key);
  };
  return {
    remember: (key: string, error: unknown): void => {
      if (!(error instanceof ToolError) || !LASTING.has(error.meta.code)) return;
      failures.set(key, { error, until: now().getTime() + FAILURE_TTL_MS });
    },
    throwIfRemembered: (key: string): void => {
      forgetOld();
      const failure = failures.get(key);
      if (failure) throw failure.error;
    },
  };
}

async function waitFor<T>(flight: Flight<T>, signal: AbortSignal): Promise<Entry<T>> {
  flight.waiting += 1;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([flight.answer, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    flight.waiting -= 1;
    if (flight.waiting === 0) flight.controller.abort();
  }
}

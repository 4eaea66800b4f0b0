import { ToolError, type ToolErrorMeta } from '../../core/mcp/toolError.ts';

/** How the last request of a connection went. */
export type Health = ToolErrorMeta | 'ok';

/** How the last requests went, by connection. */
export interface ConnectionHealth {
  /** The connections used last, the latest at the end. */
  states(): ReadonlyMap<string, Health>;
  /** Runs a request and notes how it went; failures that say nothing of the connection are not noted. */
  watch<T>(connectionId: string, run: () => Promise<T>): Promise<T>;
}

const CONNECTIONS_MAX = 1_000;

// The others are about the arguments.
const CONNECTION_ERRORS: ReadonlySet<string> = new Set([
  'AUTH_EXPIRED',
  'PERMISSION_MISSING',
  'THROTTLED',
  'UPSTREAM_FAILED',
  'TIMEOUT',
  'UNSUPPORTED',
]);

/** Remembers the last 1,000 connections, in this process. */
export function createConnectionHealth(): ConnectionHealth {
  const states = new Map<string, Health>();
  const note = (connectionId: string, state: Health): void => {
    states.delete(connectionId);
    states.set(connectionId, state);
    const [oldest] = states.keys();
    if (states.size > CONNECTIONS_MAX && oldest !== undefined) states.delete(oldest);
  };
  return {
    states: () => states,
    watch: async (connectionId, run) => {
      try {
        const result = await run();
        note(connectionId, 'ok');
        return result;
      } catch (error) {
        if (error instanceof ToolError && CONNECTION_ERRORS.has(error.meta.code)) {
          note(connectionId, error.meta);
        }
        throw error;
      }
    },
  };
}

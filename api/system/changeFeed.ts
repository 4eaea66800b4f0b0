import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';

/** Something changed; whoever shows it loads it again. */
export const Change = z.object({
  entity: z.enum([
    'anomaly',
    'action',
    'connection',
    'costs',
    'budget',
    'notification',
    'llm',
    'team',
    'policy',
  ]),
  id: z.string(),
});

/** Something changed. */
export type Change = z.infer<typeof Change>;

/** What a listener is told: a change, that changes may have been missed, and that the process stops. */
export interface ChangeListener {
  onChange: (change: Change) => void;
  onGap: () => void;
  onEnd: () => void;
}

/** Changes from Postgres' NOTIFY, for everybody who listens to this process. */
export interface ChangeFeed {
  /** Calls the listener until the returned function is called. */
  listen: (listener: ChangeListener) => () => void;
  start: () => void;
  stop: () => Promise<void>;
}

const CHANNEL = 'costguard_change';
const RECONNECT_MS = 2_000;

/** Listens on one connection of its own and connects again by itself when it breaks. */
export function createChangeFeed(databaseUrl: string, log: Logger): ChangeFeed {
  const emitter = new EventEmitter().setMaxListeners(0);
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const reconnectLater = (error?: Error): void => {
    if (isStopped || timer !== undefined) return;
    log.warn({ err: error }, 'listening for changes was cut; connecting again');
    client = undefined;
    timer = setTimeout(() => {
      timer = undefined;
      connect().catch(reconnectLater);
    }, RECONNECT_MS);
  };

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'costguard-api-listen',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    // Known before it is connected: stop() ends it in any state.
    client = next;
    const onBroken = (error?: Error): void => {
      // One that was replaced already may still say that it ended.
      if (client === next) reconnectLater(error);
    };
    next.on('error', onBroken);
    next.on('end', () => onBroken());
    next.on('notification', (message) => {
      const parsed = Change.safeParse(parseJson(message.payload ?? ''));
      if (parsed.success) emitter.emit('change', parsed.data);
    });
    await next.connect();
    await next.query(`listen ${CHANNEL}`);
    emitter.emit('gap');
  };

  return {
    listen: ({ onChange, onGap, onEnd }) => {
      emitter.on('change', onChange).on('gap', onGap).on('end', onEnd);
      return () => emitter.off('change', onChange).off('gap', onGap).off('end', onEnd);
    },
    start: () => {
      connect().catch(reconnectLater);
    },
    stop: async () => {
      isStopped = true;
      emitter.emit('end');
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

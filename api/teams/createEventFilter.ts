import { Id } from '../../core/contracts/scalars.ts';
import { seesOne } from '../../db/queries/teams/visibility.ts';
import type { Database } from '../../db/connect.ts';
import type { Change } from '../system/changeFeed.ts';
import type { View } from './view.ts';

/** Who a stream's reader is, and what is written to it. */
export interface EventSink {
  /** What the reader sees now; asked for each event. */
  viewOf: () => Promise<View>;
  send: (change: Change) => void;
  /** Tells the reader to load everything again. */
  gap: () => void;
  /** The database could not say what the reader sees; the stream cannot go on. */
  failed: (error: unknown) => void;
}

/** More that wait for one reader than this become one gap. */
const WAITING_MAX = 200;

/**
 * Sends a reader the changes of what the reader sees, in their order. After a change of teams the reader is told to load
 * everything again: more or less may be seen now. What one change is told of twice while it waits, is sent once.
 */
export function createEventFilter({ viewOf, send, gap, failed }: EventSink): {
  take: (change: Change) => void;
  stop: () => void;
} {
  let waiting = new Map<string, Change>();
  let isBusy = false;
  let isStopped = false;

  const deliver = async (change: Change): Promise<void> => {
    const { restricted } = await viewOf();
    const isSeen = restricted === null || (await sees(restricted.db, change));
    if (isStopped) return;
    if (isSeen) send(change);
    if (change.entity === 'team') gap();
  };

  const drain = async (): Promise<void> => {
    isBusy = true;
    for (;;) {
      const [next] = waiting;
      if (next === undefined || isStopped) break;
      waiting.delete(next[0]);
      await deliver(next[1]);
    }
    isBusy = false;
  };

  return {
    take: (change) => {
      if (waiting.size >= WAITING_MAX) {
        waiting = new Map();
        gap();
      }
      waiting.set(`${change.entity} ${change.id}`, change);
      if (isBusy || isStopped) return;
      drain().catch((error: unknown) => {
        isStopped = true;
        failed(error);
      });
    },
    stop: () => {
      isStopped = true;
    },
  };
}

async function sees(db: Database, { entity, id }: Change): Promise<boolean> {
  if (!Id.safeParse(id).success) return false;
  switch (entity) {
    case 'anomaly':
    case 'action':
    case 'connection':
    case 'budget':
      return seesOne(db, entity, id);
    case 'costs':
    case 'llm':
      // Named by its connection; prices, which belong to nobody, are named by an id of their own and seen by nobody here.
      return seesOne(db, 'connection', id);
    case 'notification':
    case 'team':
    case 'policy':
      return false;
  }
}

import type { NoticeHours } from '../../core/actions/waitingNotices.ts';
import type { Database } from '../../db/connect.ts';
import type { AdapterFor } from './adapters.ts';

/** What the activities of task queue `actions` work with. */
export interface ActionDeps {
  db: Database;
  adapterFor: AdapterFor;
  clock: () => Date;
  /** How long after success an action can be rolled back. */
  rollbackWindowMs: number;
  /** When those who decide, and those above them, are told of an action that waits. Default never. */
  noticeHours?: NoticeHours;
  /** Wait between two measures of what an action saves. Default a day. */
  measureEveryMs?: number;
  /** Wait between two looks at a resource that is changing: first, and at most. Default 2,000 and 10,000. */
  pollMs?: { first: number; max: number };
}

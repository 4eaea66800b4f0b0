import type { Database } from '../../db/connect.ts';
import type { AdapterFor } from './adapters.ts';

/** What the activities of task queue `actions` work with. */
export interface ActionDeps {
  db: Database;
  adapterFor: AdapterFor;
  clock: () => Date;
  /** How long after success an action can be rolled back. */
  rollbackWindowMs: number;
  /** Wait between two looks at a resource that is changing: first, and at most. Default 2,000 and 10,000. */
  pollMs?: { first: number; max: number };
}

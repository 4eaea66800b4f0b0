import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import { monthDay } from './monthDay.ts';

/** Where the reading of a month of history stands. */
export interface MonthState {
  connectionId: string;
  /** YYYY-MM. */
  month: string;
  status: 'waiting' | 'running' | 'done' | 'empty' | 'failed';
  /** Charges that were stored; as before where not given. */
  rows?: number;
  /** Why it waits or failed, or why there is nothing. */
  code?: string;
  detail?: string;
}

/** Writes it down; each time it begins to run counts as an attempt. Written twice it says the same, but for that count. */
export async function recordMonth(db: Database, state: MonthState): Promise<void> {
  const { connectionId, month, status, rows, code, detail } = state;
  await db
    .updateTable('backfill_months')
    .set((eb) => ({
      status,
      code: code ?? null,
      detail: detail ?? null,
      ...(rows !== undefined && { rows }),
      ...(status === 'running' && { attempts: eb('attempts', '+', 1) }),
      updated_at: sql`now()`,
    }))
    .where('connection_id', '=', connectionId)
    .where('month', '=', monthDay(month))
    .execute();
}

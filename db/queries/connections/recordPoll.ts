import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** How a poll ended. */
export interface PollOutcome {
  connectionId: string;
  /** What it read: polls of costs and of the use of language models have a health each, and neither hides the other. */
  of: 'costs' | 'usage';
  /** ISO instant of the poll's scheduled time. */
  scheduledAt: string;
  status: 'healthy' | 'degraded' | 'failed';
  code: string | null;
  detail: string | null;
  /** Charges that a poll of costs read; absent where it failed. */
  rows?: number | undefined;
}

const PREFIX = { costs: '', usage: 'usage_' } as const;

/** Writes a poll's outcome; an older poll never overwrites a newer one. The health's `since` moves only when the status does. */
export async function recordPoll(db: Database, outcome: PollOutcome): Promise<void> {
  const { connectionId, of, scheduledAt, status, code, detail, rows } = outcome;
  const column = (name: string) => sql.ref(`${PREFIX[of]}${name}`);
  const at = new Date(scheduledAt);
  await sql`
    update connections set
      ${column('last_poll_at')} = ${at},
      ${column('health_status')} = ${status},
      ${column('health_code')} = ${code},
      ${column('health_detail')} = ${detail},
      ${column('health_since')} = case
        when ${column('health_status')} = ${status} and ${column('health_code')} is not distinct from ${code}::text
        then ${column('health_since')} else now() end,
      ${of === 'costs' ? sql`last_poll_rows = ${rows ?? null}, last_poll_ended_at = now(),` : sql``}
      updated_at = now()
    where id = ${connectionId} and (${column('last_poll_at')} is null or ${column('last_poll_at')} <= ${at})`.execute(
    db,
  );
}

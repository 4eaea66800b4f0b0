import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** How a poll ended. */
export interface PollOutcome {
  connectionId: string;
  /** ISO instant of the poll's scheduled time. */
  scheduledAt: string;
  status: 'healthy' | 'degraded' | 'failed';
  code: string | null;
  detail: string | null;
}

/** Writes a poll's outcome; an older poll never overwrites a newer one. `health_since` moves only when the status does. */
export async function recordPoll(db: Database, outcome: PollOutcome): Promise<void> {
  const at = new Date(outcome.scheduledAt);
  await db
    .updateTable('connections')
    .set({
      last_poll_at: at,
      health_status: outcome.status,
      health_code: outcome.code,
      health_detail: outcome.detail,
      health_since: sql`case when health_status = ${outcome.status} and health_code is not distinct from ${outcome.code}::text
        then health_since else now() end`,
      updated_at: new Date(),
    })
    .where('id', '=', outcome.connectionId)
    .where((eb) => eb.or([eb('last_poll_at', 'is', null), eb('last_poll_at', '<=', at)]))
    .execute();
}

import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import type { PollOutcome } from './recordPoll.ts';

/**
 * Writes how a poll of language models' use ended; what polls of costs wrote stays. An older poll never overwrites a newer
 * one, and `usage_health_since` moves only when the status does.
 */
export async function recordUsagePoll(db: Database, outcome: PollOutcome): Promise<void> {
  const at = new Date(outcome.scheduledAt);
  await db
    .updateTable('connections')
    .set({
      usage_last_poll_at: at,
      usage_health_status: outcome.status,
      usage_health_code: outcome.code,
      usage_health_detail: outcome.detail,
      usage_health_since: sql`case when usage_health_status = ${outcome.status}
        and usage_health_code is not distinct from ${outcome.code}::text then usage_health_since else now() end`,
      updated_at: new Date(),
    })
    .where('id', '=', outcome.connectionId)
    .where((eb) =>
      eb.or([eb('usage_last_poll_at', 'is', null), eb('usage_last_poll_at', '<=', at)]),
    )
    .execute();
}

import type { ActionEvent } from '../../../core/contracts/action.ts';
import type { Database } from '../../connect.ts';

/** What happened to an action, oldest first. */
export async function listActionEvents(db: Database, actionId: string): Promise<ActionEvent[]> {
  const rows = await db
    .selectFrom('action_events')
    .select(['seq', 'at', 'type', 'status', 'actor', 'summary'])
    .where('action_id', '=', actionId)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at.toISOString(),
    type: row.type,
    status: row.status as ActionEvent['status'],
    actor: row.actor,
    summary: row.summary,
  }));
}

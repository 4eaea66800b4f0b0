import { sql } from 'kysely';
import type { ActionStatus } from '../../../core/contracts/action.ts';
import type { Database } from '../../connect.ts';

/** Something that happened to an action. `key` names it within the action: written twice it is one row. */
export interface NewActionEvent {
  key: string;
  type: 'status' | 'decision' | 'step' | 'refused' | 'notice';
  status: ActionStatus;
  actor: string;
  summary: string;
}

/** Appends events that are not there yet and returns how many were. Call it in a transaction that locked the action. */
export async function appendActionEvents(
  tx: Database,
  actionId: string,
  events: readonly NewActionEvent[],
): Promise<number> {
  let added = 0;
  for (const event of events) {
    const result = await tx
      .insertInto('action_events')
      .values({
        action_id: actionId,
        seq: sql<number>`(select coalesce(max(seq), 0) + 1 from action_events where action_id = ${actionId})`,
        event_key: event.key,
        at: sql<Date>`clock_timestamp()`,
        type: event.type,
        status: event.status,
        actor: event.actor,
        summary: event.summary,
      })
      .onConflict((oc) => oc.columns(['action_id', 'event_key']).doNothing())
      .executeTakeFirst();
    added += Number(result.numInsertedOrUpdatedRows ?? 0n);
  }
  return added;
}

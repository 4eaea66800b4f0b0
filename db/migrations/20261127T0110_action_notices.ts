import { type Kysely, sql } from 'kysely';

/**
 * Messages about actions that wait for a decision. Channels that are there are reminded like new ones, and told of nothing
 * that is escalated. Frozen once released.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table notification_deliveries
      drop constraint notification_deliveries_event_kind_check,
      add constraint notification_deliveries_event_kind_check
        check (event_kind in ('anomaly', 'budget', 'action', 'test'))
  `.execute(db);
  await sql`
    update notification_channels
    set route = '{"approvals": true, "escalations": false}'::jsonb || route
  `.execute(db);
}

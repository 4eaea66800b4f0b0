import { type Kysely, sql } from 'kysely';

/** Whoever watches an action is told when one of its steps begins or ends. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Counting a call before it is made changes nothing that is shown.
  await sql`
    create trigger action_steps_moved after insert or update of attempts, finished_at on action_steps
    for each row execute function notify_action_event()`.execute(db);
}

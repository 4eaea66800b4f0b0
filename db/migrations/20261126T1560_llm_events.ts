import { type Kysely, sql } from 'kysely';

/**
 * Whoever shows the use of language models is told when a provider's report was read on, and when prices change. Pushed
 * calls are not told of: there can be thousands a second. Frozen once released.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create function notify_llm_pull() returns trigger language plpgsql as $$
   begin
     perform pg_notify('costguard_change', json_build_object('entity', 'llm', 'id', new.connection_id)::text);
     return null;
   end $$`,
  `create trigger llm_pulls_changed after insert or update on llm_pulls
   for each row execute function notify_llm_pull()`,
  `create trigger llm_price_overrides_changed after insert or update or delete on llm_price_overrides
   for each row execute function notify_change('llm')`,
];

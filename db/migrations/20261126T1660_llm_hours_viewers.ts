import { type Kysely, sql } from 'kysely';

/** Who sees a part of the use of language models sees the same part of its sums by the hour. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const ofTheirs = 'connection_id = any ((select public.viewer_connections())::uuid[])';

const STATEMENTS = [
  `alter table llm_usage_hours enable row level security`,
  `create policy teams on llm_usage_hours for select using (${ofTheirs} and (
     connection_id = any ((select public.viewer_whole())::uuid[])
     or connection_id || ' ' || project_id = any ((select public.viewer_accounts())::text[])))`,
  // Without the marks of a connection its old sums would stand for the use that was written since.
  `alter table llm_unsummed_hours enable row level security`,
  `create policy teams on llm_unsummed_hours for select using (${ofTheirs})`,
  `alter view llm_spend_hours set (security_invoker = true)`,
];

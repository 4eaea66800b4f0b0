import { type Kysely, sql } from 'kysely';

/** Findings in the use of language models: their kinds, and which key and model they are about. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `alter table anomalies
    add column llm jsonb,
    drop constraint anomalies_kind_check,
    add constraint anomalies_kind_check check (kind in ('spike', 'level_shift', 'drift', 'drop', 'new_service',
      'runaway_loop', 'key_misuse', 'cache_share', 'price_change', 'model_swap', 'price_drift'))`,
  // The judge looks for its own findings every five minutes.
  `create index anomalies_llm on anomalies (connection_id, last_seen_on) where llm is not null`,
];

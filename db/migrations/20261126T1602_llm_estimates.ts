import { type Kysely, sql } from 'kysely';

/** What a price may come to at most where the use leaves two rates open, and what a bill is made of. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // USD by kind of use, beyond cost_parts.
  `alter table llm_usage add column cost_may_add jsonb not null default '{}'`,
  // ours_max: were the higher rate right wherever two are open. lines: the bill's own, with their amounts.
  `alter table llm_reconciliations
    add column ours_max numeric,
    add column is_unpriced boolean not null default false,
    add column lines jsonb not null default '{}'`,
];

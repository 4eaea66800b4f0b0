import { type Kysely, sql } from 'kysely';

const STATEMENTS = [
  // The keys of workflow payloads, sealed by the vault. A new one is handed out to every part before it encrypts.
  `create table payload_keys (
    id uuid primary key,
    sealed text not null,
    created_at timestamptz not null default now(),
    handed_out_at timestamptz,
    encrypts_since timestamptz
  )`,
];

/** Keys that encrypt what workflows are given and give back. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

import { type Kysely, sql } from 'kysely';

/**
 * How the polls of language models' use go, apart from how those of costs do: one can be refused while the other works.
 * What the polls of use had written into the shared columns, marked by its first words, moves here. Frozen once released.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `alter table connections
     add column usage_last_poll_at timestamptz,
     add column usage_health_status text not null default 'unknown'
       check (usage_health_status in ('unknown', 'healthy', 'degraded', 'failed')),
     add column usage_health_code text,
     add column usage_health_detail text,
     add column usage_health_since timestamptz not null default now()`,
  `update connections set
     usage_last_poll_at = last_poll_at,
     usage_health_status = health_status,
     usage_health_code = health_code,
     usage_health_detail = substr(health_detail, length('Usage of language models: ') + 1),
     usage_health_since = health_since,
     health_status = 'unknown',
     health_code = null,
     health_detail = null,
     health_since = now()
   where health_detail like 'Usage of language models: %'`,
];

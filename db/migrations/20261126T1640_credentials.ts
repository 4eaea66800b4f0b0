import { type Kysely, sql } from 'kysely';

const STATEMENTS = [
  // The data key of what the platform keeps sealed in other tables.
  `create table vault_keys (
    id uuid primary key,
    kek_id text not null,
    wrapped_key bytea not null,
    created_at timestamptz not null default now(),
    rewrapped_at timestamptz
  )`,
  // One credential for each connection, each with a data key of its own; a draft is only there to be tested.
  `create table credentials (
    id uuid primary key,
    connection_id uuid not null references connections (id) on delete cascade,
    state text not null check (state in ('stored', 'draft')),
    kind text not null,
    hint text not null,
    version integer not null check (version > 0),
    sealed bytea not null,
    wrapped_key bytea not null,
    kek_id text not null,
    last_test jsonb,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    rewrapped_at timestamptz
  )`,
  `create unique index credentials_stored_key on credentials (connection_id) where state = 'stored'`,
  `create index credentials_kek on credentials (kek_id)`,
  // When an account last opened a connection's credential: one audit entry for each quarter of an hour is enough.
  `create table credential_openings (
    connection_id uuid not null references connections (id) on delete cascade,
    account_id uuid not null references service_accounts (id) on delete cascade,
    version integer not null,
    audited_at timestamptz not null,
    primary key (connection_id, account_id)
  )`,
];

/** Credentials of connections, and data keys that a KEK wraps. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

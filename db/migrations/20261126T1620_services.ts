import { type Kysely, sql } from 'kysely';

const STATEMENTS = [
  // A secret that was replaced stays valid until then, so that what runs with it is not cut off.
  `alter table service_accounts
    add column previous_secret_hash text,
    add column previous_secret_until timestamptz,
    add column last_used_at timestamptz,
    add column token_version integer not null default 0,
    add column managed boolean not null default false,
    add constraint previous_secret_whole
      check ((previous_secret_hash is null) = (previous_secret_until is null))`,
  // A key is published before it signs, and after it has signed for the last time; a withdrawn one is not any more.
  `alter table signing_keys
    add column signs_from timestamptz not null default now(),
    add column withdrawn_at timestamptz`,
  `update signing_keys set signs_from = created_at`,
  // Kept only until the token would have ended by itself.
  `create table revoked_tokens (
    jti text primary key,
    expires_at timestamptz not null
  )`,
  `create index revoked_tokens_expiry on revoked_tokens (expires_at)`,
];

/** Secrets with an overlap, tokens that can be taken back, keys that are published before they sign. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

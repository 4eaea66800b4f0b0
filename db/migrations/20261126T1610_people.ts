import { type Kysely, sql } from 'kysely';

/**
 * One-time passwords, what a person is shown of their sessions, devices and identity providers that are known, and the
 * rate limits that all replicas share. Frozen once released.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of PEOPLE) await sql.raw(statement).execute(db);
}

const PEOPLE = [
  // Who signs in through an identity provider has no password here.
  `alter table users alter column password_hash drop not null`,
  `alter table users
    add column one_time_until timestamptz,
    add column last_sign_in_at timestamptz`,
  `alter table sessions
    add column address text,
    add column user_agent text,
    add column sign_in text not null default 'password' check (sign_in in ('password', 'oidc')),
    add column provider_session text`,
  `create index sessions_user on sessions (user_id)`,
  `create table user_identities (
    issuer text not null,
    subject text not null,
    user_id uuid not null unique references users (id) on delete cascade,
    created_at timestamptz not null default now(),
    primary key (issuer, subject)
  )`,
  `create table known_devices (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    token_hash text not null unique,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null
  )`,
  `create index known_devices_user on known_devices (user_id)`,
  // The columns and their order are those that rate-limiter-flexible writes; expire is milliseconds since 1970.
  `create table rate_limits (
    key varchar(255) primary key,
    points integer not null default 0,
    expire bigint
  )`,
  `drop table sign_in_attempts`,
];

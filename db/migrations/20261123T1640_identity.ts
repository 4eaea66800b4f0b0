import { type Kysely, sql } from 'kysely';

/** Tables of people, services, their keys, the audit log and settings. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of IDENTITY) await sql.raw(statement).execute(db);
}

const IDENTITY = [
  `create table users (
    id uuid primary key,
    username text not null unique,
    role text not null check (role in ('viewer', 'operator', 'approver', 'admin')),
    password_hash text not null,
    enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create table sessions (
    id uuid primary key,
    token_hash text not null unique,
    csrf_token text not null,
    user_id uuid not null references users (id) on delete cascade,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null
  )`,
  `create table sign_in_attempts (
    key text primary key,
    failures integer not null,
    window_started_at timestamptz not null
  )`,
  `create table service_accounts (
    id uuid primary key,
    name text not null unique,
    client_id text not null unique,
    secret_hash text not null,
    secret_prefix text not null,
    scopes text[] not null,
    enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create table signing_keys (
    kid text primary key,
    public_jwk jsonb not null,
    private_key_sealed text not null,
    created_at timestamptz not null default now(),
    retired_at timestamptz
  )`,
  `create table idempotency_keys (
    principal_id uuid not null,
    key text not null,
    operation text not null,
    request_hash text not null,
    reply_status integer,
    reply_body jsonb,
    created_at timestamptz not null default now(),
    primary key (principal_id, key)
  )`,
  `create table audit_log (
    seq bigint primary key,
    at timestamptz not null,
    actor_kind text not null,
    actor_id text,
    actor_name text not null,
    operation text not null,
    subject text,
    detail jsonb not null,
    previous_hash text not null,
    hash text not null unique
  )`,
  `create function refuse_audit_change() returns trigger language plpgsql as $$
   begin
     raise exception 'audit_log is append-only';
   end $$`,
  `create trigger audit_log_append_only before update or delete or truncate on audit_log
   for each statement execute function refuse_audit_change()`,
  `create table settings (
    key text primary key,
    value jsonb not null,
    updated_at timestamptz not null default now()
  )`,
];

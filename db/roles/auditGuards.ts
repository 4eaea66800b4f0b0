import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** The functions that guard the log; they belong to whoever owns it, since their owner could replace them. */
export const AUDIT_FUNCTIONS = ['refuse_audit_change()', 'check_audit_link()', 'audit_head()'];

/**
 * What guards the audit log inside the database, whole and repeatable. It is no migration: the log belongs to a role that
 * the migrations' login cannot become, so an administrator lays it anew whenever it differs (`AUDIT_GUARDS_VERSION`).
 * Every name is qualified and every function has its own search path: they run in sessions of a login that may create
 * things of the same names.
 */
export const AUDIT_GUARDS: readonly string[] = [
  `create or replace function public.refuse_audit_change() returns trigger language plpgsql
     set search_path = pg_catalog as $$
   begin
     raise exception 'audit_log is append-only';
   end $$`,
  `create or replace trigger audit_log_append_only before update or delete or truncate on public.audit_log
     for each statement execute function public.refuse_audit_change()`,
  // The chain cannot fork or skip a number, whoever writes. Its owner's rights: the writer may not see every row.
  `create or replace function public.check_audit_link() returns trigger language plpgsql security definer
     set search_path = pg_catalog as $$
   declare last record;
   begin
     select seq, hash into last from public.audit_log order by seq desc limit 1;
     if new.seq <> coalesce(last.seq, 0) + 1 or new.previous_hash <> coalesce(last.hash, repeat('0', 64)) then
       raise exception 'the entry does not follow the last one of audit_log';
     end if;
     return new;
   end $$`,
  `create or replace trigger audit_log_link before insert on public.audit_log
     for each row execute function public.check_audit_link()`,
  // For who appends: waits for its turn, which lasts until its transaction ends, and only then looks (each statement of a
  // volatile function sees what was committed before it began). One call, since all others wait meanwhile.
  `create or replace function public.audit_head(out seq bigint, out hash text) language plpgsql security definer
     set search_path = pg_catalog as $$
   begin
     perform pg_advisory_xact_lock(hashtext('audit_log'));
     select a.seq, a.hash into audit_head.seq, audit_head.hash from public.audit_log a order by a.seq desc limit 1;
   end $$`,
  // For the filters of the list; text_pattern_ops also answers "all of a kind".
  'create index if not exists audit_log_actor_name on public.audit_log (actor_name, seq)',
  'create index if not exists audit_log_actor_id on public.audit_log (actor_id, seq)',
  'create index if not exists audit_log_operation on public.audit_log (operation text_pattern_ops, seq)',
  'create index if not exists audit_log_subject on public.audit_log (subject text_pattern_ops, seq)',
  'create index if not exists audit_log_at on public.audit_log using brin (at)',
  'revoke execute on function public.audit_head() from public',
  'revoke all on public.audit_log from public',
];

/** Kept as the comment on the table: says whether the guards in a database are these. */
export const AUDIT_GUARDS_VERSION = `guards ${bytesToHex(sha256(utf8ToBytes(AUDIT_GUARDS.join('\n')))).slice(0, 16)}`;

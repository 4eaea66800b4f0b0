import type pg from 'pg';
import { EnvError } from '../../core/config/env.ts';
import { AUDIT_FUNCTIONS, AUDIT_GUARDS, AUDIT_GUARDS_VERSION } from './auditGuards.ts';
import { AUDIT_ROLE, VIEWER_ROLE } from './databaseRoles.ts';

/**
 * After the migrations: lays the guards of the audit log where they are missing or of another version.
 *
 * With a `login` the client is an administrator's: the log then belongs to `costguard_audit`, and the login may read it
 * and append to it, and nothing else. Without, the client is CostGuard's own login in an installation with one login only.
 *
 * @throws EnvError when the log is an administrator's to change and the client is not one
 */
export async function guardAuditLog(client: pg.ClientBase, login?: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(hashtext('audit_log guards'))`);
    await guard(client, login);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function guard(client: pg.ClientBase, login: string | undefined): Promise<void> {
  const { rows } = await client.query<{ owner: string; version: string | null; mine: boolean }>(
    `select relowner::regrole::text as owner, obj_description(oid, 'pg_class') as version,
            pg_has_role(current_user, relowner, 'usage') as mine
       from pg_class where oid = 'public.audit_log'::regclass`,
  );
  const found = rows[0];
  const isCurrent = found?.version === AUDIT_GUARDS_VERSION;
  if (login === undefined && found?.mine !== true) {
    if (isCurrent) return;
    throw new EnvError([
      'MIGRATION_DATABASE_URL: is needed to change the guards of the audit log, which belongs to an administrator in this database; see docs/identity/audit.md',
    ]);
  }
  if (isCurrent && (login === undefined || found.owner === AUDIT_ROLE)) return;
  for (const statement of AUDIT_GUARDS) await client.query(statement);
  await client.query(`comment on table public.audit_log is '${AUDIT_GUARDS_VERSION}'`);
  if (login !== undefined) await handOver(client, login);
}

/** A new owner needs the right to create in the schema for as long as it takes. */
async function handOver(client: pg.ClientBase, login: string): Promise<void> {
  const name = client.escapeIdentifier(login);
  await client.query(`grant usage, create on schema public to ${AUDIT_ROLE}`);
  await client.query(`alter table public.audit_log owner to ${AUDIT_ROLE}`);
  for (const signature of AUDIT_FUNCTIONS)
    await client.query(`alter function public.${signature} owner to ${AUDIT_ROLE}`);
  await client.query(`revoke create on schema public from ${AUDIT_ROLE}`);
  await client.query(`revoke all on public.audit_log from ${name}, ${VIEWER_ROLE}`);
  await client.query(`grant select, insert on public.audit_log to ${name}`);
  // Who sees a part of the data only still leaves a trace of what they do.
  await client.query(`grant insert on public.audit_log to ${VIEWER_ROLE}`);
  await client.query(`grant execute on function public.audit_head() to ${name}, ${VIEWER_ROLE}`);
}

import type pg from 'pg';
import { EnvError } from '../../core/config/env.ts';
import { AUDIT_ROLE, VIEWER_ROLE } from './databaseRoles.ts';

/**
 * As an administrator, before the migrations: makes the roles that are missing and sees to it that CostGuard's login may
 * create tables in this database, but owns neither the database nor its schema (whose owner could drop the audit log).
 * Safe to run again and by many at once; what is right already is left alone.
 *
 * @param login the user of DATABASE_URL
 * @throws EnvError when the login has rights against which nothing can be protected
 */
export async function prepareRoles(admin: pg.ClientBase, login: string): Promise<void> {
  await admin.query('begin');
  try {
    await admin.query(`select pg_advisory_xact_lock(hashtext('costguard roles'))`);
    await refusePowerfulLogin(admin, login);
    for (const role of [VIEWER_ROLE, AUDIT_ROLE]) await createRole(admin, role);
    await grantRoles(admin, login);
    await takeDatabase(admin, login);
    await admin.query('commit');
  } catch (error) {
    await admin.query('rollback');
    throw error;
  }
}

async function refusePowerfulLogin(admin: pg.ClientBase, login: string): Promise<void> {
  const { rows } = await admin.query<{ powers: string; is_admin: boolean }>(
    `select concat_ws(', ', case when rolsuper then 'superuser' end, case when rolbypassrls then 'bypassrls' end,
                      case when rolcreaterole then 'createrole' end) as powers,
            rolname = current_user as is_admin
       from pg_roles where rolname = $1`,
    [login],
  );
  if (rows[0]?.is_admin === true)
    throw new EnvError([
      'MIGRATION_DATABASE_URL: must be another login than that of DATABASE_URL, an administrator’s',
    ]);
  const powers = rows[0]?.powers ?? '';
  if (powers !== '')
    throw new EnvError([
      `DATABASE_URL: its login has the right ${powers}, so nothing can be protected from it; use an ordinary login`,
    ]);
}

/** Roles belong to the whole server, so another database's migration may be making the same one. */
async function createRole(admin: pg.ClientBase, role: string): Promise<void> {
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount !== 0) return;
  await admin.query(
    `do $$ begin create role ${role} nologin;
     exception when duplicate_object or unique_violation then null; end $$`,
  );
}

/**
 * Only what is missing: roles belong to the whole server, and two grants of one role at once are an error there. An
 * administrator that is no superuser may give things only to a role that it could become.
 */
async function grantRoles(admin: pg.ClientBase, login: string): Promise<void> {
  const name = admin.escapeIdentifier(login);
  const { rows } = await admin.query<Record<'owns' | 'views' | 'audits', boolean>>(
    `select pg_has_role(current_user, $2, 'usage') as owns, pg_has_role($1, $2, 'member') as audits,
            exists (select from pg_auth_members where roleid = $3::regrole and member = (select oid from pg_roles where rolname = $1)
                       and set_option and not inherit_option and not admin_option) as views`,
    [login, AUDIT_ROLE, VIEWER_ROLE],
  );
  const found = rows[0];
  if (found?.owns !== true)
    await admin.query(`grant ${AUDIT_ROLE} to current_user with inherit true, set true`);
  if (found?.views !== true)
    await admin.query(`grant ${VIEWER_ROLE} to ${name} with inherit false, set true, admin false`);
  if (found?.audits === true) await admin.query(`revoke ${AUDIT_ROLE} from ${name}`);
}

/**
 * The login may create tables here, and owns neither the database nor its schema. Earlier versions, and whoever follows an
 * older guide, made it the owner.
 */
async function takeDatabase(admin: pg.ClientBase, login: string): Promise<void> {
  const { rows } = await admin.query<{ name: string; owner: boolean; schema_owner: boolean }>(
    `select datname as name, pg_has_role($1, datdba, 'member') as owner,
            nspowner <> 'pg_database_owner'::regrole and pg_has_role($1, nspowner, 'member') as schema_owner
       from pg_database, pg_namespace where datname = current_database() and nspname = 'public'`,
    [login],
  );
  const found = rows[0];
  if (found === undefined) throw new TypeError('The database has no schema public.');
  const [database, name] = [found.name, login].map((text) => admin.escapeIdentifier(text));
  if (found.owner) await admin.query(`alter database ${database} owner to current_user`);
  if (found.schema_owner) await admin.query('alter schema public owner to pg_database_owner');
  await admin.query(`grant connect, temporary on database ${database} to ${name}`);
  await admin.query(`grant usage, create on schema public to ${name}`);
  // What stands in it takes the place of tables for those who see a part of them (docs/identity/teams.md).
  const { rowCount } = await admin.query(`select from pg_namespace where nspname = 'viewer'`);
  if (rowCount === 0) await admin.query(`create schema viewer authorization ${name}`);
}

import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/**
 * Says, as the login that asks, how that login could change the audit log unnoticed: one clause each, none where the
 * roles of docs/identity/audit.md are in place.
 */
export async function listAuditGaps(db: Database): Promise<string[]> {
  const { rows } = await sql<Record<'powerful' | 'owner' | 'writer' | 'database', boolean>>`
    select rolsuper or rolcreaterole or rolbypassrls or rolreplication as powerful,
           pg_has_role(relowner, 'member') as owner,
           has_table_privilege(c.oid, 'update, delete, truncate, trigger, references') as writer,
           pg_has_role(nspowner, 'member') or pg_has_role(datdba, 'member') as database
      from pg_roles r, pg_class c join pg_namespace n on n.oid = relnamespace, pg_database d
     where rolname = current_user and c.oid = 'public.audit_log'::regclass and datname = current_database()`.execute(
    db,
  );
  const found = rows[0];
  if (found === undefined) return [];
  if (found.powerful) return ['it has an administrator’s rights'];
  return [
    ...(found.owner ? ['it owns the table audit_log and could disable its guards'] : []),
    ...(found.writer && !found.owner ? ['it may change rows of audit_log'] : []),
    ...(found.database ? ['it owns the database or its schema and could drop the table'] : []),
  ];
}

import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/**
 * Says whether an account's opening of a credential is to be audited: the first one, that of a new version, and then one
 * every quarter of an hour. Answers true to one of many at once.
 */
export async function isOpeningNews(
  tx: Database,
  {
    connectionId,
    accountId,
    version,
  }: { connectionId: string; accountId: string; version: number },
): Promise<boolean> {
  const { rows } = await sql`
    insert into credential_openings as known (connection_id, account_id, version, audited_at)
    values (${connectionId}, ${accountId}, ${version}, now())
    on conflict (connection_id, account_id) do update
      set version = excluded.version, audited_at = excluded.audited_at
      where known.version <> excluded.version or known.audited_at <= now() - interval '15 minutes'
    returning 1
  `.execute(tx);
  return rows.length > 0;
}

import { AUDIT_GENESIS } from '../../../core/audit/auditHash.ts';
import type { Database } from '../../connect.ts';

/** The newest entry's number, hash and time; 0, 64 zeros and null while there is none. */
export async function readAuditHead(
  db: Database,
): Promise<{ seq: number; hash: string; at: string | null }> {
  const row = await db
    .selectFrom('audit_log')
    .select(['seq', 'hash', 'at'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return { seq: 0, hash: AUDIT_GENESIS, at: null };
  return { seq: Number(row.seq), hash: row.hash, at: row.at.toISOString() };
}

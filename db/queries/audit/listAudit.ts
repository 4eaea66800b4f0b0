import type { AuditFilter, AuditRecord } from '../../../core/contracts/audit.ts';
import { badCursor, decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { fromAuditRow, whereAudit } from './auditRow.ts';

/** Which entries, and which page of them. */
export interface AuditList extends AuditFilter {
  limit: number;
  cursor?: string | undefined;
}

/** A page of the log, newest first. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listAudit(
  db: Database,
  { cursor, limit, ...filter }: AuditList,
): Promise<{ items: AuditRecord[]; next_cursor: string | null }> {
  let query = whereAudit(db.selectFrom('audit_log').selectAll(), filter)
    .orderBy('seq', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.where('seq', '<', seqOf(cursor));
  const rows = (await query.execute()).map(fromAuditRow);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const hasMore = rows.length > items.length;
  return { items, next_cursor: hasMore && last ? encodeCursor([String(last.seq)]) : null };
}

function seqOf(cursor: string): string {
  const [seq = ''] = decodeCursor(cursor, 1);
  if (!/^[1-9]\d{0,17}$/.test(seq)) throw badCursor();
  return seq;
}

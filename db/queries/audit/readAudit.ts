import type { AuditFilter, AuditRecord } from '../../../core/contracts/audit.ts';
import type { Database } from '../../connect.ts';
import { fromAuditRow, whereAudit } from './auditRow.ts';
import { readAuditHead } from './readAuditHead.ts';

const PAGE = 2_000;

/**
 * The entries up to the head of now, oldest first, in pages: no transaction stays open however slow the reader is, and
 * since entries are only ever appended the pages fit together.
 */
export async function* readAudit(
  db: Database,
  filter: AuditFilter = {},
): AsyncGenerator<AuditRecord[]> {
  const { seq: until } = await readAuditHead(db);
  let after = 0;
  for (;;) {
    const rows = await whereAudit(db.selectFrom('audit_log').selectAll(), filter)
      .where('seq', '>', String(after))
      .where('seq', '<=', String(until))
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(fromAuditRow);
    if (rows.length < PAGE) return;
    after = Number(last.seq);
  }
}

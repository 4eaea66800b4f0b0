import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { listAuditGaps } from '../../db/roles/listAuditGaps.ts';

/**
 * Logs one line at the start of an installation whose own login could change the audit log. It never stops a start: what
 * runs with one login runs as before, and a database that is away is told of elsewhere.
 */
export async function warnOfAuditGaps(db: Database, log: Logger): Promise<void> {
  try {
    const gaps = await listAuditGaps(db);
    if (gaps.length > 0) log.warn({ gaps }, auditGapsText(gaps));
  } catch (error) {
    log.warn({ err: error }, 'whether the audit log is protected could not be found out');
  }
}

const auditGapsText = (gaps: readonly string[]): string =>
  `the audit log is not protected from CostGuard’s own database login (${gaps.join('; ')}): set MIGRATION_DATABASE_URL for costguard migrate, see docs/identity/audit.md`;

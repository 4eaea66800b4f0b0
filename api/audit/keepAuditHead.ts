import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { readAuditHead } from '../../db/queries/audit/readAuditHead.ts';

const DAY_MS = 86_400_000;

/**
 * Logs where the audit log ends, now and once a day: whatever collects the logs then keeps what shows later that the end
 * was cut off. Returns what stops it.
 */
export function keepAuditHead(db: Database, log: Logger): () => void {
  void logAuditHead(db, log);
  const timer = setInterval(() => void logAuditHead(db, log), DAY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** One line with number, hash and time of the newest entry; a database that is away is said and does no harm. */
export async function logAuditHead(db: Database, log: Logger): Promise<void> {
  try {
    log.info({ auditHead: await readAuditHead(db) }, 'audit log head');
  } catch (error) {
    log.warn({ err: error }, 'the head of the audit log could not be read; it is logged tomorrow');
  }
}

import type { Database } from '../connect.ts';
import { appendAudit } from '../queries/audit/appendAudit.ts';
import type { MadeBackup } from './createBackup.ts';

/** Writes into the audit log that a backup was made: everything that the database holds went to another place. */
export async function recordBackup(
  db: Database,
  { manifest, name }: MadeBackup,
  actorName: string,
): Promise<void> {
  await db.transaction().execute((tx) =>
    appendAudit(tx, {
      actorKind: 'system',
      actorId: null,
      actorName,
      operation: 'backup.create',
      subject: `backup:${name}`,
      detail: { bytes: manifest.bytes, sha256: manifest.sha256 },
    }),
  );
}

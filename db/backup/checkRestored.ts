import { createAuditVerifier } from '../../core/audit/createAuditVerifier.ts';
import { toAuditLine } from '../../core/audit/toAuditLine.ts';
import type { Database } from '../connect.ts';
import { countTables } from '../queries/backup/countTables.ts';
import { checkSecrets, type CheckedSecrets } from '../queries/backup/checkSecrets.ts';
import { readAudit } from '../queries/audit/readAudit.ts';
import type { Secrets } from '../vault/loadSecrets.ts';
import type { BackupManifest } from './manifest.ts';

/** What was found in a restored database. */
export interface RestoreFindings {
  rows: number;
  tables: number;
  auditEntries: number;
  secrets: CheckedSecrets;
  /** One line each; none where everything is as it was. */
  faults: string[];
}

/**
 * Compares a restored database with the backup's manifest: every table's rows, the audit log's chain up to its head of then,
 * and that every stored secret opens. Migrations that ran after the restore may have added tables; those are not compared.
 */
export async function checkRestored(
  db: Database,
  manifest: Pick<BackupManifest, 'counts' | 'audit'>,
  secrets: Secrets,
): Promise<RestoreFindings> {
  const counts = await countTables(db);
  const expected = Object.entries(manifest.counts).filter(([table]) => !MOVES.has(table));
  const countFaults = expected.flatMap(([table, count]) =>
    counts[table] === count ? [] : [`${table} has ${counts[table] ?? 'no'} rows, and had ${count}`],
  );
  const verifier = createAuditVerifier({
    heads: manifest.audit.seq === 0 ? [] : [manifest.audit.hash],
  });
  for await (const page of readAudit(db))
    for (const record of page) verifier.line(toAuditLine(record));
  const { entries, findings } = verifier.end();
  const checked = await checkSecrets(db, secrets);
  return {
    rows: expected.reduce((sum, [, count]) => sum + count, 0),
    tables: expected.length,
    auditEntries: entries,
    secrets: checked,
    faults: [
      ...countFaults,
      ...findings.map(({ text }) => `audit log: ${text}`),
      ...checked.faults,
    ],
  };
}

/** Migrations that ran after the restore are listed in it. */
const MOVES = new Set(['public.kysely_migration']);

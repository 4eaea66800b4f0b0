import { createHash, randomBytes } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CostGuardError } from '../../core/errors.ts';
import type { Database } from '../connect.ts';
import { countTables } from '../queries/backup/countTables.ts';
import { exportSnapshot } from '../queries/backup/exportSnapshot.ts';
import { readNewestMigration } from '../queries/backup/readNewestMigration.ts';
import { listUsedKeks } from '../queries/backup/listUsedKeks.ts';
import { readServerVersion } from '../queries/backup/readServerVersion.ts';
import { readAuditHead } from '../queries/audit/readAuditHead.ts';
import { KEY_BYTES, type Keyring } from '../vault/kek.ts';
import { backupKeyContext, deriveBackupKeys } from './backupKeys.ts';
import { DUMP_SUFFIX, MANIFEST_SUFFIX, toBackupName } from './backupNames.ts';
import { type BackupManifest, toManifest } from './manifest.ts';
import { startPgProcess } from './pgProcess.ts';
import type { PgTools } from './pgTools.ts';
import { createDumpSealer } from './sealDump.ts';
import type { BackupStorage } from './storage/backupStorage.ts';

/** What a backup is made from. */
export interface BackupSource {
  db: Database;
  databaseUrl: string;
  tools: PgTools;
  storage: BackupStorage;
  keyring: Keyring;
  now: () => Date;
  /** A UUID of its own for each call. */
  id: string;
  /** Ends it early; nothing is left then. */
  signal?: AbortSignal | undefined;
}

/** A backup that was made. */
export interface MadeBackup {
  name: string;
  manifest: BackupManifest;
}

/**
 * Dumps the database as it is at one moment (one snapshot for dump, counts and audit head) while everything goes on,
 * encrypts the dump on its way, and stores it and then its manifest. Memory and disk do not grow with it.
 *
 * @throws CostGuardError `backup_failed`, `backup_storage_unavailable`, `backup_storage_refused`, `key_unavailable`; no
 *   manifest is left then
 */
export async function createBackup(source: BackupSource): Promise<MadeBackup> {
  const { db, id, keyring, now, storage, tools } = source;
  const at = now();
  const name = toBackupName(at, id);
  const dataKey = randomBytes(KEY_BYTES);
  const wrapped = await keyring.current.wrap(dataKey, backupKeyContext(id));
  const keys = deriveBackupKeys(dataKey, id);
  const manifest = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const snapshot = await exportSnapshot(tx);
      const facts = {
        version: 1 as const,
        id,
        at: at.toISOString(),
        serverVersion: await readServerVersion(tx),
        tool: tools.version,
        migration: await readNewestMigration(tx),
        keks: await listUsedKeks(tx),
        counts: await countTables(tx),
        audit: pickHead(await readAuditHead(tx)),
      };
      const written = await storeDump(source, { name, snapshot, key: keys.dump });
      return toManifest(keys.manifest, {
        ...facts,
        ...written,
        kekId: wrapped.kekId,
        wrappedKey: wrapped.bytes.toString('base64url'),
      });
    });
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await storage.put(`${name}${MANIFEST_SUFFIX}`, Readable.from([Buffer.from(text)]));
  return { name, manifest };
}

const pickHead = ({ seq, hash }: { seq: number; hash: string }) => ({ seq, hash });

/** Returns size and checksum of the encrypted file. A file that is not whole is removed. */
async function storeDump(
  { databaseUrl, signal, storage, tools }: BackupSource,
  { name, snapshot, key }: { name: string; snapshot: string; key: Buffer },
): Promise<{ bytes: number; sha256: string }> {
  const meter = createMeter();
  const dump = startPgProcess(
    tools.pgDump,
    ['--format=custom', `--snapshot=${snapshot}`, '--schema=public', '--schema=viewer'],
    databaseUrl,
  );
  const file = `${name}${DUMP_SUFFIX}`;
  const stop = () => {
    dump.kill();
    meter.stream.destroy();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const steps = [
    storage.put(file, meter.stream),
    dump.ended,
    pipeline(dump.stdout, createDumpSealer(key), meter.stream),
  ].map((step) =>
    step.catch((error: unknown) => {
      stop();
      throw error;
    }),
  );
  // All of them end before the file is removed; the storage's reason, or else pg_dump's, says what to do.
  const results = await Promise.allSettled(steps);
  signal?.removeEventListener('abort', stop);
  const reasons = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (reasons.length === 0) return meter.read();
  await storage.remove(file).catch(() => undefined);
  throw reasons.find((reason) => reason instanceof CostGuardError) ?? reasons[0];
}

/** Passes bytes on, and knows their number and SHA-256. */
function createMeter() {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, read: () => ({ bytes, sha256: hash.digest('hex') }) };
}

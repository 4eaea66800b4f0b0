import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { CostGuardError } from '../../core/errors.ts';
import { connect, type Database } from '../connect.ts';
import { migrate, prepareDatabase } from '../migrate.ts';
import { clearSchemas, countObjects } from '../queries/backup/clearSchemas.ts';
import { listOtherSessions } from '../queries/backup/listOtherSessions.ts';
import type { OpenedBackup } from './openBackup.ts';
import { startPgProcess } from './pgProcess.ts';
import type { PgTools } from './pgTools.ts';

/** Where a backup goes. */
export interface RestoreTarget {
  databaseUrl: string;
  /** The administrator's address of the same database; where it is set the audit log is protected as by `migrate`. */
  adminUrl?: string | undefined;
  tools: PgTools;
  /** Whether what stands in the database may be lost. */
  replace: boolean;
}

/**
 * Puts the dump into the database, all of it or nothing, and then does what `costguard migrate` does: roles, migrations
 * newer than the backup, guards of the audit log. The dump runs as CostGuard's login, never as the administrator: it may
 * contain functions that somebody wrote who was not one.
 *
 * @returns the migrations that ran after it
 * @throws CostGuardError `database_not_empty`, `backup_failed`, `backup_unusable`
 */
export async function restoreBackup(
  { read }: Pick<OpenedBackup, 'read'>,
  target: RestoreTarget,
): Promise<string[]> {
  const { adminUrl, databaseUrl, tools } = target;
  await makeRoom(target);
  await prepareDatabase(databaseUrl, adminUrl);
  const restore = startPgProcess(
    tools.pgRestore,
    [
      ...['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges'],
      // Of these schemas what is in them: they themselves stand already.
      ...['--schema=public', '--schema=viewer'],
    ],
    databaseUrl,
  );
  const results = await Promise.allSettled([
    pipeline(Readable.from(await read()), restore.stdin).catch((error: unknown) => {
      restore.kill();
      throw error;
    }),
    restore.ended,
  ]);
  const reasons = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (reasons.length > 0)
    throw reasons.find((reason) => reason instanceof CostGuardError) ?? reasons[0];
  return migrate(databaseUrl, adminUrl);
}

async function makeRoom({ adminUrl, databaseUrl, replace }: RestoreTarget): Promise<void> {
  await withDatabase(adminUrl ?? databaseUrl, async (db) => {
    const others = await listOtherSessions(db);
    if (others.length > 0)
      throw new CostGuardError(
        'database_not_empty',
        `Others are connected to the database: ${others.join(', ')}. Stop every part of CostGuard, then run this again.`,
      );
    if ((await countObjects(db)) === 0) return;
    if (!replace)
      throw new CostGuardError(
        'database_not_empty',
        'The database is not empty. Restore into an empty one, or say --replace to lose what is in it.',
      );
    await clearSchemas(db).catch((cause: unknown) => {
      if (!(cause instanceof pg.DatabaseError && cause.code === '42501')) throw cause;
      throw new CostGuardError(
        'database_not_empty',
        'This login may not empty the database: the audit log belongs to an administrator. Set MIGRATION_DATABASE_URL to one’s login, or restore into an empty database.',
        { cause },
      );
    });
  });
}

async function withDatabase<T>(url: string, use: (db: Database) => Promise<T>): Promise<T> {
  const { db, close } = connect(url, { applicationName: 'costguard-restore', poolSizeMax: 1 });
  try {
    return await use(db);
  } finally {
    await close();
  }
}

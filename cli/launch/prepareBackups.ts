import { dirname, isAbsolute } from 'node:path';
import { CostGuardError } from '../../core/errors.ts';
import { connect } from '../../db/connect.ts';
import { majorOfServer, readServerVersion } from '../../db/queries/backup/readServerVersion.ts';
import type { LaunchContext } from './launch.ts';
import { ensurePgTools } from './postgres/ensurePgTools.ts';

/**
 * The settings of the worker that makes backups by themselves, with pg_dump at hand; undefined where BACKUP_LOCATION is not
 * set. What is missing is said, and everything else starts without it.
 */
export async function prepareBackups(
  { env, log }: LaunchContext,
  databaseUrl: string,
): Promise<Record<string, string> | undefined> {
  if (env.BACKUP_LOCATION === undefined) return undefined;
  if (env.BACKUP_KEY === undefined) {
    log.say('no backups are made by themselves: BACKUP_LOCATION is set, and BACKUP_KEY is not');
    return undefined;
  }
  log.hideSecret(env.BACKUP_KEY);
  log.hideSecret(env.BACKUP_S3_SECRET_ACCESS_KEY);
  const { close, db } = connect(databaseUrl, { applicationName: 'costguard-start' });
  try {
    const major = majorOfServer(await readServerVersion(db));
    const { pgDump } = await ensurePgTools(env.PG_BIN_DIR, major, log.say);
    return isAbsolute(pgDump) ? { PG_BIN_DIR: dirname(pgDump) } : {};
  } catch (error) {
    if (!(error instanceof CostGuardError && error.code === 'backup_tool_missing')) throw error;
    log.say(`no backups are made by themselves: ${error.detail}`);
    return undefined;
  } finally {
    await close();
  }
}

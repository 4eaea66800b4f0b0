import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { CostGuardError } from '../../core/errors.ts';

const run = promisify(execFile);

/** Postgres' own programs of one version. */
export interface PgTools {
  pgDump: string;
  pgRestore: string;
  /** As pg_dump says it: `pg_dump (PostgreSQL) 18.1`. */
  version: string;
  major: number;
}

/**
 * The pg_dump and pg_restore of `folder`, else those on PATH; undefined where they are missing, or older than the server:
 * pg_dump refuses a newer one.
 */
export async function findPgTools(
  folder: string | undefined,
  serverMajor: number,
): Promise<PgTools | undefined> {
  const at = (name: string) => (folder === undefined ? name : path.join(folder, name));
  const [pgDump, pgRestore] = [at('pg_dump'), at('pg_restore')];
  const [version, other] = await Promise.all([versionOf(pgDump), versionOf(pgRestore)]);
  if (version === undefined || other === undefined) return undefined;
  const major = majorOf(version);
  return major >= serverMajor && majorOf(other) === major
    ? { pgDump, pgRestore, version, major }
    : undefined;
}

/** @throws CostGuardError `backup_tool_missing` */
export async function getPgTools(
  folder: string | undefined,
  serverMajor: number,
): Promise<PgTools> {
  const found = await findPgTools(folder, serverMajor);
  if (found !== undefined) return found;
  throw new CostGuardError(
    'backup_tool_missing',
    `pg_dump and pg_restore ${serverMajor} or later are needed, since the database is Postgres ${serverMajor}, and ${folder === undefined ? 'PATH has none' : `${folder} has none`}. Install Postgres’ client programs of that version (on Debian and Ubuntu postgresql-client-${serverMajor} from Postgres’ own package archive) and name their folder in PG_BIN_DIR.`,
  );
}

async function versionOf(program: string): Promise<string | undefined> {
  try {
    return (await run(program, ['--version'], { timeout: 10_000 })).stdout.trim();
  } catch {
    return undefined;
  }
}

const majorOf = (version: string): number => Number(/\) (\d+)/.exec(version)?.[1] ?? 0);

import { sql } from 'kysely';
import type { Database } from '../../db/connect.ts';
import { listPendingMigrations } from '../../db/migrate.ts';
import { readServerVersion } from '../../db/queries/backup/readServerVersion.ts';
import { listAuditGaps } from '../../db/roles/listAuditGaps.ts';
import { type Finding, not, ok } from './finding.ts';

const CLOCK_OFF_SECONDS_MAX = 10;

/** The database answers, has the schema of this version, and protects its audit log. */
export async function checkDatabase(db: Database): Promise<Finding[]> {
  const version = await readServerVersion(db);
  const server = `Postgres ${Math.floor(version / 10_000)}.${version % 10_000}`;
  const { pending, unknown } = await listPendingMigrations(db);
  if (pending.length > 0)
    return [
      ok('database', server),
      not(
        'failed',
        'schema',
        `${pending.length} migrations have not run: ${pending.join(', ')}`,
        'Run "costguard migrate"; "npm start" and the compose file’s migrate service do it.',
      ),
    ];
  return [
    ok('database', server),
    unknown.length === 0
      ? ok('schema', 'up to date')
      : not(
          'failed',
          'schema',
          `it is of a newer CostGuard (${unknown.join(', ')})`,
          'Run every part and this command in the version that migrated it.',
        ),
    await checkAudit(db),
  ];
}

async function checkAudit(db: Database): Promise<Finding> {
  const gaps = await listAuditGaps(db);
  return gaps.length === 0
    ? ok('audit log', 'no part can change it')
    : not(
        'warning',
        'audit log',
        `the login of DATABASE_URL could change it: ${gaps.join('; ')}`,
        'Run "costguard migrate" with MIGRATION_DATABASE_URL, an administrator’s login (docs/identity/audit.md).',
      );
}

/** The database's clock against this machine's: tokens, sessions and periods rely on it. */
export async function checkClock(db: Database, now: () => number): Promise<Finding> {
  const before = now();
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
  const here = (before + now()) / 2;
  const seconds = Math.round(((rows[0]?.at.getTime() ?? here) - here) / 1_000);
  return Math.abs(seconds) <= CLOCK_OFF_SECONDS_MAX
    ? ok('clock', 'as the database’s, within seconds')
    : not(
        'failed',
        'clock',
        `the database’s is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`,
        'Set both machines by NTP: tokens last 15 minutes, and polls ask for periods by the clock.',
      );
}

import { Command } from 'commander';
import { migrate } from '../../db/migrate.ts';
import { listAuditGaps } from '../../db/roles/listAuditGaps.ts';
import { withInstance } from '../instance.ts';

/** `costguard migrate`: brings the database schema up to date. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Bring the database schema up to date; safe to run from many replicas at once')
    .action(() =>
      withInstance(async ({ databaseUrl, db, env }) => {
        const names = await migrate(databaseUrl, env.MIGRATION_DATABASE_URL);
        say(names.length === 0 ? 'The schema is up to date.' : `Migrated: ${names.join(', ')}`);
        const gaps = await listAuditGaps(db);
        if (gaps.length > 0)
          say(
            `The audit log is not protected from the login of DATABASE_URL: ${gaps.join('; ')}. Set MIGRATION_DATABASE_URL; see docs/identity/audit.md.`,
          );
      }),
    );
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

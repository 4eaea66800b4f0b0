import { Command } from 'commander';
import { migrate } from '../../db/migrate.ts';
import { withInstance } from '../instance.ts';

/** `costguard migrate`: brings the database schema up to date. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Bring the database schema up to date; safe to run from many replicas at once')
    .action(async () => {
      const names = await withInstance(({ databaseUrl }) => migrate(databaseUrl));
      process.stderr.write(
        names.length === 0 ? 'The schema is up to date.\n' : `Migrated: ${names.join(', ')}\n`,
      );
    });
}

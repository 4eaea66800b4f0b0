import { Kysely, type Migration, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import * as mainJob from './migrations/20261123T1630_main_job.ts';
import * as identity from './migrations/20261123T1640_identity.ts';
import * as incidents from './migrations/20261126T0715_incidents.ts';
import * as notifications from './migrations/20261126T0720_notifications.ts';
import * as budgets from './migrations/20261126T0725_budgets.ts';
import * as backfill from './migrations/20261126T1030_backfill.ts';
import * as focusColumns from './migrations/20261126T1030_focus_columns.ts';
import * as bulkCosts from './migrations/20261126T1400_bulk_costs.ts';
import * as llm from './migrations/20261126T1500_llm.ts';
import * as llmUnpriced from './migrations/20261126T1510_llm_unpriced.ts';
import * as usageWrite from './migrations/20261126T1530_usage_write.ts';
import * as llmFindings from './migrations/20261126T1540_llm_findings.ts';
import * as llmEvents from './migrations/20261126T1560_llm_events.ts';
import * as keyActions from './migrations/20261126T1550_key_actions.ts';
import * as credentials from './migrations/20261126T1640_credentials.ts';

/** Every migration by name, in the order of the names; each runs in its own transaction. */
const MIGRATIONS: Record<string, Migration> = {
  '20261123T1630_main_job': mainJob,
  '20261123T1640_identity': identity,
  '20261126T0715_incidents': incidents,
  '20261126T0720_notifications': notifications,
  '20261126T0725_budgets': budgets,
  '20261126T1030_backfill': backfill,
  '20261126T1030_focus_columns': focusColumns,
  '20261126T1400_bulk_costs': bulkCosts,
  '20261126T1500_llm': llm,
  '20261126T1510_llm_unpriced': llmUnpriced,
  '20261126T1530_usage_write': usageWrite,
  '20261126T1540_llm_findings': llmFindings,
  '20261126T1560_llm_events': llmEvents,
  '20261126T1550_key_actions': keyActions,
  '20261126T1640_credentials': credentials,
};

/**
 * Brings the schema up to date and returns the names of the migrations that ran now. Safe to call from many replicas at
 * once: Kysely's migrator holds an advisory lock.
 *
 * @throws the database's error when a migration fails; that migration then left nothing behind
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 1,
    application_name: 'costguard-migrate',
    connectionTimeoutMillis: 10_000,
  });
  // As in connect(): the statement that runs fails by itself.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined)
      throw error instanceof Error ? error : new Error('The migration failed.');
    return (results ?? []).filter((r) => r.status === 'Success').map((r) => r.migrationName);
  } finally {
    await db.destroy();
  }
}

import { Kysely, type Migration, Migrator, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { EnvError } from '../core/config/env.ts';
import type { Database } from './connect.ts';
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
import * as llmHours from './migrations/20261126T1602_llm_hours.ts';
import * as llmHealth from './migrations/20261126T1601_llm_health.ts';
import * as keyActions from './migrations/20261126T1550_key_actions.ts';
import * as llmEstimates from './migrations/20261126T1602_llm_estimates.ts';
import * as services from './migrations/20261126T1620_services.ts';
import * as teams from './migrations/20261126T1630_teams.ts';
import { guardAuditLog } from './roles/guardAuditLog.ts';
import { grantViewer } from './roles/grantViewer.ts';
import { prepareRoles } from './roles/prepareRoles.ts';
import * as people from './migrations/20261126T1610_people.ts';
import * as credentials from './migrations/20261126T1640_credentials.ts';
import * as llmHoursViewers from './migrations/20261126T1660_llm_hours_viewers.ts';
import * as recommendations from './migrations/20261126T2140_recommendations.ts';
import * as actionNotices from './migrations/20261127T0110_action_notices.ts';
import * as machineActions from './migrations/20261126T2130_machine_actions.ts';
import * as savings from './migrations/20261126T1710_savings.ts';
import * as policies from './migrations/20261126T1710_policies.ts';
import * as llmPeaks from './migrations/20261126T1700_llm_peaks.ts';
import * as oidcLogout from './migrations/20261126T1700_oidc_logout.ts';
import * as payloadKeys from './migrations/20261127T0200_payload_keys.ts';
import * as costGroups from './migrations/20261127T0401_cost_groups.ts';
import * as teamBudgets from './migrations/20261127T0301_team_budgets.ts';
import * as waitingPlans from './migrations/20261127T0310_waiting_plans.ts';
import * as stepProgress from './migrations/20261127T0500_step_progress.ts';
import * as pollFacts from './migrations/20261127T0510_poll_facts.ts';

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
  '20261126T1602_llm_estimates': llmEstimates,
  '20261126T1602_llm_hours': llmHours,
  '20261126T1601_llm_health': llmHealth,
  '20261126T1620_services': services,
  '20261126T1630_teams': teams,
  '20261126T1610_people': people,
  '20261126T1640_credentials': credentials,
  '20261126T1660_llm_hours_viewers': llmHoursViewers,
  '20261126T2130_machine_actions': machineActions,
  '20261126T2140_recommendations': recommendations,
  '20261127T0110_action_notices': actionNotices,
  '20261126T1710_savings': savings,
  '20261126T1710_policies': policies,
  '20261126T1700_llm_peaks': llmPeaks,
  '20261126T1700_oidc_logout': oidcLogout,
  '20261127T0200_payload_keys': payloadKeys,
  '20261127T0301_team_budgets': teamBudgets,
  '20261127T0310_waiting_plans': waitingPlans,
  '20261127T0401_cost_groups': costGroups,
  '20261127T0500_step_progress': stepProgress,
  '20261127T0510_poll_facts': pollFacts,
};

/**
 * Brings the schema up to date and returns the names of the migrations that ran now. Safe to call from many replicas at
 * once: Kysely's migrator holds an advisory lock.
 *
 * The migrations run as the login of `databaseUrl`, which therefore owns the tables. With an administrator's
 * `adminUrl` to the same database the roles are made first, and the audit log is taken out of that login's hands after.
 * The administrator's session runs nothing that the login could have written: no migration, no function of its own.
 *
 * @throws the database's error when a migration fails; that migration then left nothing behind
 * @throws EnvError when a login is not what it has to be
 */
export async function migrate(databaseUrl: string, adminUrl?: string): Promise<string[]> {
  if (adminUrl === undefined) {
    const names = await runMigrations(databaseUrl);
    await withClient(databaseUrl, async (client) => {
      await guardAuditLog(client);
      await grantViewer(client);
    });
    return names;
  }
  return withClient(adminUrl, async (admin) => {
    const login = await prepare(databaseUrl, admin);
    const names = await runMigrations(databaseUrl);
    await guardAuditLog(admin, login);
    await withClient(databaseUrl, grantViewer);
    return names;
  });
}

/**
 * Makes an empty database ready to be filled by its login, by migrations or from a backup: with an administrator's address
 * the roles and what they may do, else the schemas alone.
 *
 * @throws EnvError when a login is not what it has to be
 */
export async function prepareDatabase(databaseUrl: string, adminUrl?: string): Promise<void> {
  if (adminUrl !== undefined) {
    await withClient(adminUrl, (admin) => prepare(databaseUrl, admin));
    return;
  }
  await withClient(databaseUrl, (client) => client.query('create schema if not exists viewer'));
}

/** Which migrations of this version have not run, and which ran that it does not know. */
export async function listPendingMigrations(
  db: Database,
): Promise<{ pending: string[]; unknown: string[] }> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('public.kysely_migration') is not null as there`.execute(db);
  const done =
    rows[0]?.there === true
      ? (await sql<{ name: string }>`select name from kysely_migration`.execute(db)).rows
      : [];
  const names = new Set(done.map(({ name }) => name));
  return {
    pending: Object.keys(MIGRATIONS).filter((name) => !names.has(name)),
    unknown: [...names].filter((name) => !knowsMigration(name)),
  };
}

/** Whether this version has a migration of that name. */
export const knowsMigration = (name: string): boolean => Object.hasOwn(MIGRATIONS, name);

async function prepare(databaseUrl: string, admin: pg.Client): Promise<string> {
  const login = await withClient(databaseUrl, (client) => findLogin(client, admin));
  await prepareRoles(admin, login);
  return login;
}

async function runMigrations(databaseUrl: string): Promise<string[]> {
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

/** The name of the client's login; both clients must be in the same database of the same running server. */
async function findLogin(client: pg.Client, admin: pg.Client): Promise<string> {
  const [mine, theirs] = await Promise.all(
    [client, admin].map((one) =>
      one.query<{ place: string; login: string }>(
        `select current_user as login, oid || ' ' || extract(epoch from pg_postmaster_start_time()) as place
           from pg_database where datname = current_database()`,
      ),
    ),
  );
  const found = mine?.rows[0];
  if (found === undefined || found.place !== theirs?.rows[0]?.place)
    throw new EnvError([
      'MIGRATION_DATABASE_URL: must lead to the same database as DATABASE_URL, as an administrator',
    ]);
  return found.login;
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'costguard-migrate',
    connectionTimeoutMillis: 10_000,
    // Nothing that stands in a schema of the tables' owner is run by its name.
    options: '-c search_path=pg_catalog',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

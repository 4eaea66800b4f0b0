import type pg from 'pg';
import { VIEWER_ROLE } from './databaseRoles.ts';

/** Every table and view that a viewer may read; which rows of them say the policies. Whatever is not here is closed to it. */
export const VIEWER_TABLES = [
  'actions',
  'action_approvals',
  'action_events',
  'action_steps',
  'anomalies',
  'anomaly_drivers',
  'anomaly_feedback',
  'anomaly_series',
  'backfill_months',
  'budget_warnings',
  'budgets',
  'connections',
  'cost_daily',
  'cost_daily_revisions',
  'cost_records',
  'llm_price_overrides',
  'llm_pulls',
  'llm_reconciliations',
  'llm_spend',
  'llm_spend_hours',
  'llm_unsummed_hours',
  'llm_usage',
  'llm_usage_hours',
  'savings',
] as const;

/**
 * As CostGuard's login, after the migrations: lets `costguard_viewer` read what viewers may read. Where an administrator has
 * not made the role, the login makes it if it may, and else nobody can be limited to a team. Safe to run again.
 */
export async function grantViewer(client: pg.ClientBase): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(hashtext('viewer grants'))`);
    await makeRole(client);
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [
      VIEWER_ROLE,
    ]);
    if (rowCount !== 0) await grant(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function makeRole(client: pg.ClientBase): Promise<void> {
  await client.query(`do $$ begin
      if to_regrole('${VIEWER_ROLE}') is null then
        create role ${VIEWER_ROLE} nologin;
        grant ${VIEWER_ROLE} to current_user with inherit false, set true;
      end if;
    exception when insufficient_privilege or duplicate_object or unique_violation then null; end $$`);
}

async function grant(client: pg.ClientBase): Promise<void> {
  const tables = VIEWER_TABLES.map((table) => `public.${table}`).join(', ');
  await client.query(`grant usage on schema public, viewer to ${VIEWER_ROLE}`);
  await client.query(
    `grant select on ${tables}, viewer.cost_daily, viewer.cost_daily_groups, viewer.team_grants to ${VIEWER_ROLE}`,
  );
}

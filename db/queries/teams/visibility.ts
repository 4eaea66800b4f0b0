import { sql } from 'kysely';
import type { BudgetFilter } from '../../../core/contracts/budget.ts';
import type { Database } from '../../connect.ts';

/** What has an id and is seen or not. */
export type VisibleKind = 'anomaly' | 'action' | 'connection' | 'budget';

const TABLES = {
  anomaly: 'anomalies',
  action: 'actions',
  connection: 'connections',
  budget: 'budgets',
} as const satisfies Record<VisibleKind, string>;

/** Whether the viewer, whose database this is, sees it. */
export async function seesOne(db: Database, kind: VisibleKind, id: string): Promise<boolean> {
  const row = await db
    .selectFrom(TABLES[kind])
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether the viewer was given all of these connections whole. */
export async function seesWhole(db: Database, connectionIds: readonly string[]): Promise<boolean> {
  const ids = [...connectionIds];
  const { rows } = await sql<{ all: boolean }>`
    select ${ids}::uuid[] <@ public.viewer_whole() as all`.execute(db);
  return rows[0]?.all === true;
}

/** Whether all that a budget of this filter sums is seen: it names a team, a connection or an account in one of the viewer's. */
export async function seesBudget(db: Database, filter: BudgetFilter): Promise<boolean> {
  const { teamId, connectionId, account } = filter;
  if (teamId !== undefined) return isInTeam(db, teamId);
  if (connectionId === undefined) return false;
  const { rows } = await sql<{ all: boolean }>`
    select ${connectionId}::uuid = any (public.viewer_whole())
      or coalesce(${connectionId}::uuid || ' ' || ${account ?? null}::text = any (public.viewer_accounts()), false) as all`.execute(
    db,
  );
  return rows[0]?.all === true;
}

async function isInTeam(db: Database, teamId: string): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select ${teamId}::uuid = any (public.viewer_teams()) as is`.execute(db);
  return rows[0]?.is === true;
}

const DAYS = 60;

/** Whether the viewer sees a charge of a resource in the 60 days before `now`. */
export async function seesResource(
  db: Database,
  { connectionId, resourceId, now }: { connectionId: string; resourceId: string; now: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom('cost_records')
    .select('connection_id')
    .where('connection_id', '=', connectionId)
    .where('charge_period_start', '>=', new Date(now.getTime() - DAYS * 86_400_000))
    .where('resource_id', '=', resourceId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

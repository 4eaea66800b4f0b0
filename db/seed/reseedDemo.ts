import type pg from 'pg';
import type { ActionStatus } from '../../core/contracts/action.ts';
import { DEMO_BUDGETS } from '../../core/demo/demoBudgets.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { Database } from '../connect.ts';
import { onPool } from './onPool.ts';
import { fillDemo, type SeedOptions, type SeedResult } from './seedDemo.ts';
import { withDemoLock } from './withDemoLock.ts';

/** States in which a workflow is about to change an instance, or has left one that a person must look at. */
const UNDER_WAY: readonly ActionStatus[] = [
  'approved',
  'preflight',
  'executing',
  'verifying',
  'rolling_back',
  'rollback_failed',
];

/**
 * Empties the demo connections with their costs, findings and actions, and fills them anew as of `today`, the demo's
 * budgets as well. Workflows of proposals that still waited find their action gone. Users, service accounts, budgets that
 * people added and the audit log stay.
 *
 * @throws CostGuardError `reseed_refused` while a connection that is not demo exists, or an action is under way
 */
export async function reseedDemo(pool: pg.Pool, options: SeedOptions): Promise<SeedResult> {
  return withDemoLock(pool, async () => {
    await onPool(pool)
      .transaction()
      .execute(async (tx) => {
        await refuseIfReal(tx);
        await refuseIfUnderWay(tx);
        const demo = tx.selectFrom('connections').select('id').where('demo', '=', true);
        await tx.deleteFrom('actions').where('connection_id', 'in', demo).execute();
        await tx.deleteFrom('connections').where('demo', '=', true).execute();
        const budgets = DEMO_BUDGETS.map(({ id }) => id);
        await tx.deleteFrom('budgets').where('id', 'in', budgets).execute();
      });
    return { seeded: true, rows: await fillDemo(pool, options) };
  });
}

async function refuseIfReal(tx: Database): Promise<void> {
  const real = await tx
    .selectFrom('connections')
    .select('name')
    .where('demo', '=', false)
    .orderBy('name')
    .executeTakeFirst();
  if (real === undefined) return;
  throw new CostGuardError(
    'reseed_refused',
    `“${real.name}” is not a demo connection, so nothing was deleted. Remove it, or use a database of its own for the demo.`,
  );
}

async function refuseIfUnderWay(tx: Database): Promise<void> {
  const action = await tx
    .selectFrom('actions')
    .select(['id', 'status'])
    .where('status', 'in', UNDER_WAY)
    .forUpdate()
    .executeTakeFirst();
  if (action === undefined) return;
  throw new CostGuardError(
    'reseed_refused',
    `Action ${action.id} is ${action.status}, so nothing was deleted. Wait for it to end, or roll it back first.`,
  );
}

import { sql } from 'kysely';
import type { ActionPlan } from '../../../core/contracts/action.ts';
import type { SelectableFacts } from '../../../core/policy/policyFacts.ts';
import type { Database } from '../../connect.ts';

/**
 * The actions on one account that began to execute since an instant, but for one. One that was cleared and has not made
 * its first step yet counts already, so that two cleared at once cannot both be the last that a limit allows.
 */
export async function listStarted(
  db: Database,
  of: { provider: string; accountId: string; since: Date; exceptId: string },
): Promise<SelectableFacts[]> {
  const rows = await db
    .selectFrom('actions as t')
    .innerJoin('connections as c', 'c.id', 't.connection_id')
    .select(['t.connection_id', 't.plan'])
    .where('t.cleared_at', '>=', of.since)
    .where('t.id', '!=', of.exceptId)
    .where('c.provider', '=', of.provider)
    .where(sql`t.plan -> 'resource' ->> 'accountId'`, '=', of.accountId)
    .where((eb) =>
      eb.or([
        eb('t.status', 'in', ['preflight', 'executing']),
        eb.exists(
          eb.selectFrom('action_steps as s').select('s.step').whereRef('s.action_id', '=', 't.id'),
        ),
      ]),
    )
    .execute();
  return rows.map((row) => {
    const { kind, resource } = row.plan as unknown as ActionPlan;
    return {
      kind,
      connectionId: row.connection_id,
      accountId: resource.accountId,
      tags: resource.tags ?? {},
    };
  });
}

import { planHash } from '../../../core/actions/planHash.ts';
import type { AuthorityFacts } from '../../../core/actions/judgeAuthority.ts';
import { OPEN_STATUSES } from '../../../core/actions/transitions.ts';
import type { ActionPlan } from '../../../core/contracts/action.ts';
import type { Role } from '../../../core/contracts/access.ts';
import type { Database } from '../../connect.ts';

/** What the database says now about a decider, the plan and the connection of an action. */
export type StoredAuthority = Omit<AuthorityFacts, 'kind' | 'shownPlanHash'>;

/** Reads, for judging, what stands behind a decision about an action. */
export async function readAuthority(
  tx: Database,
  actionId: string,
  deciderId: string,
): Promise<StoredAuthority> {
  const action = await tx
    .selectFrom('actions as t')
    .innerJoin('connections as c', 'c.id', 't.connection_id')
    .select(['t.proposed_by_id', 't.plan', 't.plan_hash', 'c.mode', 'c.enabled'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('actions as o')
            .select('o.id')
            .whereRef('o.connection_id', '=', 't.connection_id')
            .whereRef('o.region', '=', 't.region')
            .whereRef('o.resource_id', '=', 't.resource_id')
            .whereRef('o.id', '!=', 't.id')
            .where('o.status', 'in', OPEN_STATUSES),
        )
        .as('is_resource_taken'),
    )
    .where('t.id', '=', actionId)
    .executeTakeFirstOrThrow();
  const user = await tx
    .selectFrom('users')
    .select(['id', 'role', 'enabled'])
    .where('id', '=', deciderId)
    .executeTakeFirst();
  return {
    decider: user && { id: user.id, role: user.role as Role, enabled: user.enabled },
    proposedById: action.proposed_by_id,
    storedPlanHash: action.plan_hash,
    actualPlanHash: action.plan === null ? null : planHash(action.plan as unknown as ActionPlan),
    connection: {
      mode: action.mode === 'actions' ? 'actions' : 'read_only',
      enabled: action.enabled,
    },
    isResourceTaken: Boolean(action.is_resource_taken),
  };
}

import type { ActionPlan } from '../../../core/contracts/action.ts';
import { evaluatePolicies } from '../../../core/policy/evaluatePolicies.ts';
import type { Database } from '../../connect.ts';
import type { StoredAction } from '../actions/actionRow.ts';
import { listEnabledPolicies } from './listPolicies.ts';

/** The sentence of a freeze that stops an action now; undefined where none does. */
export async function findFreeze(
  db: Database,
  { connectionId, expiresAt }: Pick<StoredAction, 'connectionId' | 'expiresAt'>,
  { kind, resource, expectedMonthlySaving }: ActionPlan,
): Promise<string | undefined> {
  const freezes = (await listEnabledPolicies(db)).filter(({ rule }) => rule.type === 'freeze');
  return evaluatePolicies(freezes, {
    stage: 'execution',
    kind,
    connectionId,
    accountId: resource.accountId,
    tags: resource.tags ?? {},
    monthlySaving: expectedMonthlySaving,
    startedToday: [],
    now: expiresAt,
    lapsesAt: expiresAt,
  }).refusal;
}

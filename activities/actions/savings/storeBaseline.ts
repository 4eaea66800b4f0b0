import type { ActionPlan } from '../../../core/contracts/action.ts';
import { makeBaseline } from '../../../core/savings/makeBaseline.ts';
import { type SavingScope, savingScope } from '../../../core/savings/savingScope.ts';
import { addDays, utcDay } from '../../../core/time/day.ts';
import type { Database } from '../../../db/connect.ts';
import type { StoredAction } from '../../../db/queries/actions/actionRow.ts';
import { getAction } from '../../../db/queries/actions/getAction.ts';
import { findSaving } from '../../../db/queries/savings/findSaving.ts';
import { namesResource } from '../../../db/queries/savings/namesResource.ts';
import { readSavingCosts } from '../../../db/queries/savings/readSavingCosts.ts';
import { storeBaseline as store } from '../../../db/queries/savings/storeBaseline.ts';
import type { ActionDeps } from '../actionDeps.ts';

const HISTORY_DAYS = 400;

/** Forecasts, when an action is approved, what its resource would cost without it. */
export function createStoreBaseline({ db, clock }: ActionDeps) {
  /**
   * Reads the costs that the action changes and stores their forecast. Safe to run twice: the first forecast stays, since
   * one that is made later would know more than there was to know.
   */
  return async function storeBaseline({ actionId }: { actionId: string }): Promise<void> {
    const action = await getAction(db, actionId);
    // It is started because it is needed; that it costs again is no verdict on it.
    if (action.kind === 'start_instance') return;
    if (action.plan === null || (await findSaving(db, actionId)) !== undefined) return;
    const approvedOn = utcDay(clock());
    const scope = await chooseScope(db, action, action.plan);
    const connection = { id: action.connectionId, provider: action.provider };
    const from = addDays(approvedOn, -HISTORY_DAYS);
    const costs = await readSavingCosts(db, connection, scope, from);
    await store(db, { actionId, approvedOn, scope, baseline: forecast(costs, approvedOn) });
  };
}

async function chooseScope(
  db: Database,
  { connectionId, target, provider }: StoredAction,
  plan: ActionPlan,
): Promise<SavingScope> {
  const projectId = 'projectId' in target ? target.projectId : null;
  const { resourceId } = plan.resource;
  const isNamed = provider !== 'aws' || (await namesResource(db, connectionId, resourceId));
  return savingScope(plan, projectId, isNamed);
}

function forecast(
  { currencies, days, settledUntil: asOf }: Awaited<ReturnType<typeof readSavingCosts>>,
  approvedOn: string,
) {
  const [currency, ...others] = currencies;
  if (currency === undefined || asOf === undefined) return 'no_costs';
  if (others.length > 0) return 'several_currencies';
  return makeBaseline({ currency, days, asOf, approvedOn });
}

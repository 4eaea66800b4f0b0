import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { listPaidMeters } from '../../db/queries/actions/listPaidMeters.ts';
import { listPaidResource } from '../../db/queries/actions/listPaidResource.ts';
import { listPaidUsage } from '../../db/queries/actions/listPaidUsage.ts';
import type { PlanContext } from './actionAdapter.ts';
import type { ActionDeps } from './actionDeps.ts';

const PAID_DAYS = 14;

/** What was billed of an action's resource and account in the last two weeks. */
export function createPlanContext({ db, clock }: ActionDeps, action: StoredAction): PlanContext {
  const since = new Date(clock().getTime() - PAID_DAYS * 86_400_000);
  const { connectionId, region, resourceId } = action;
  return {
    paidDays: PAID_DAYS,
    listPaidHours: (instanceTypes) =>
      listPaidUsage(db, { connectionId, region, instanceTypes, since }),
    listPaidResource: () => listPaidResource(db, { connectionId, resourceId, since }),
    listPaidMeters: (meters) => listPaidMeters(db, { connectionId, region, meters, since }),
  };
}

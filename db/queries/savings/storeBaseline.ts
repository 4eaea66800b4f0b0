import type { Baseline, NoBaseline } from '../../../core/savings/baseline.ts';
import type { SavingScope } from '../../../core/savings/savingScope.ts';
import type { Database } from '../../connect.ts';

/** The forecast that an action's saving is measured against, or why there is none. */
export interface NewBaseline {
  actionId: string;
  approvedOn: string;
  scope: SavingScope;
  baseline: Baseline | NoBaseline;
  /** Default: now. The demo's lie in the past. */
  createdAt?: Date;
}

/** Stores it where there is none yet; one that is there stays, whatever has become known since. */
export async function storeBaseline(db: Database, given: NewBaseline): Promise<void> {
  const { baseline, scope } = given;
  const isMade = typeof baseline !== 'string';
  await db
    .insertInto('savings')
    .values({
      action_id: given.actionId,
      basis: scope.basis,
      scope: JSON.stringify(scope),
      approved_on: given.approvedOn,
      currency: isMade ? baseline.currency : null,
      baseline: isMade ? JSON.stringify(baseline) : null,
      no_baseline: isMade ? null : baseline,
      ...(given.createdAt && { created_at: given.createdAt }),
    })
    .onConflict((oc) => oc.column('action_id').doNothing())
    .execute();
}

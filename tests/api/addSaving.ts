import type { Baseline, NoBaseline } from '../../core/savings/baseline.ts';
import { measureSaving } from '../../core/savings/measureSaving.ts';
import type { SavingScope } from '../../core/savings/savingScope.ts';
import { addDays } from '../../core/time/day.ts';
import type { Database } from '../../db/connect.ts';
import { storeBaseline } from '../../db/queries/savings/storeBaseline.ts';
import { storeMeasure } from '../../db/queries/savings/storeMeasure.ts';

const AS_OF = '2026-06-30';
const FIRST_DAY = '2026-07-03';

const SCOPE: SavingScope = {
  basis: 'usage_type',
  usageTypes: ['BoxUsage:m5.xlarge', 'BoxUsage:m5.large'],
  accountId: '123456789012',
  region: 'us-east-1',
};

/** What was saved; 10 a day were expected, give or take 5%. */
export interface TestSaving {
  actionId: string;
  /** What each day cost; default 7. */
  cost?: string;
  /** Measured days; default 14, which is the end. */
  days?: number;
  currency?: string;
  /** Where there is no forecast. */
  baseline?: NoBaseline;
  /** False where the action has not succeeded yet. */
  isBegun?: boolean;
}

/** Stores what an action saved, as its workflow does. */
export async function addSaving(db: Database, given: TestSaving): Promise<void> {
  const { actionId, days = 14, cost = '7', currency = 'USD' } = given;
  const baseline = given.baseline ?? makeTestBaseline(currency);
  await storeBaseline(db, { actionId, approvedOn: '2026-07-02', scope: SCOPE, baseline });
  if (given.isBegun === false) return;
  if (typeof baseline === 'string') {
    await storeMeasure(db, { actionId, firstDay: FIRST_DAY, endedBy: 'no_baseline' });
    return;
  }
  const actual = new Map(Array.from({ length: days }, (_, i) => [addDays(FIRST_DAY, i), cost]));
  const measure = measureSaving(baseline, actual, FIRST_DAY);
  const endedBy = days === 14 ? 'measured' : null;
  await storeMeasure(db, { actionId, firstDay: FIRST_DAY, measure, endedBy });
}

function makeTestBaseline(currency: string): Baseline {
  return {
    currency,
    asOf: AS_OF,
    method: 'seasonal',
    historyDays: 100,
    gapDays: 2,
    days: Array.from({ length: 60 }, (_, i) => ({
      date: addDays(AS_OF, i + 1),
      expected: '10.0000',
    })),
    reach: Array.from({ length: 14 }, () => ({ below: 0.05, above: 0.05 })),
    leastPerDay: { amount: '1.0000', currency },
  };
}

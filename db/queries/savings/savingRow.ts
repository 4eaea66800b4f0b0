import type { SavingEnd } from '../../../core/contracts/actionSaving.ts';
import type { Baseline, NoBaseline } from '../../../core/savings/baseline.ts';
import type { SavingDay, SavingVerdict } from '../../../core/savings/measureSaving.ts';
import type { SavingScope } from '../../../core/savings/savingScope.ts';
import type { Money } from '../../../core/money/money.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import type { Database } from '../../connect.ts';

/** What is stored of an action's saving. */
export interface StoredSaving {
  actionId: string;
  createdAt: string;
  scope: SavingScope;
  currency: string | null;
  baseline: Baseline | null;
  noBaseline: NoBaseline | null;
  firstDay: string | null;
  days: SavingDay[];
  measuredUntil: string | null;
  /** Null before the first measure. */
  result: { expected: Money; actual: Money; saved: Money; lower: Money; upper: Money } | null;
  verdict: SavingVerdict;
  isFinal: boolean;
  endedBy: SavingEnd | null;
}

/** The columns of savings. */
export const selectSavings = (db: Database) => db.selectFrom('savings as s').selectAll('s');

type SavingRow = Awaited<ReturnType<ReturnType<typeof selectSavings>['executeTakeFirstOrThrow']>>;

/** A saving as stored. */
export function fromSavingRow(row: SavingRow): StoredSaving {
  const money = (amount: string | null): Money => ({
    amount: toDecimalString(amount ?? '0'),
    currency: row.currency ?? '',
  });
  return {
    actionId: row.action_id,
    createdAt: row.created_at.toISOString(),
    scope: row.scope as unknown as SavingScope,
    currency: row.currency,
    baseline: row.baseline as unknown as Baseline | null,
    noBaseline: row.no_baseline as NoBaseline | null,
    firstDay: row.first_day,
    days: row.days as unknown as SavingDay[],
    measuredUntil: row.measured_until,
    result:
      row.saved === null
        ? null
        : {
            expected: money(row.expected),
            actual: money(row.actual),
            saved: money(row.saved),
            lower: money(row.saved_lower),
            upper: money(row.saved_upper),
          },
    verdict: row.verdict as SavingVerdict,
    isFinal: row.final,
    endedBy: row.ended_by as SavingEnd | null,
  };
}

import type { SavingEnd } from '../../../core/contracts/actionSaving.ts';
import type { SavingMeasure } from '../../../core/savings/measureSaving.ts';
import type { Database } from '../../connect.ts';

/** What was measured now, and whether it is the last of it. */
export interface NewMeasure {
  actionId: string;
  /** The day after success; only the first one given counts. */
  firstDay: string;
  /** Absent where there is no forecast. */
  measure?: SavingMeasure;
  endedBy: SavingEnd | null;
}

/** Stores a measure in place of the one before and returns whether it did; what is final stays. */
export async function storeMeasure(db: Database, given: NewMeasure): Promise<boolean> {
  const { measure, endedBy } = given;
  const { numUpdatedRows } = await db
    .updateTable('savings')
    .set((eb) => ({
      first_day: eb.fn.coalesce('first_day', eb.val(given.firstDay)),
      final: endedBy !== null,
      ended_by: endedBy,
      updated_at: new Date(),
      ...(measure && {
        days: JSON.stringify(measure.days),
        measured_days: measure.days.length,
        measured_until: measure.days.at(-1)?.date ?? null,
        expected: measure.expected.amount,
        actual: measure.actual.amount,
        saved: measure.saved.amount,
        saved_lower: measure.lower.amount,
        saved_upper: measure.upper.amount,
        verdict: measure.verdict,
      }),
    }))
    .where('action_id', '=', given.actionId)
    .where('final', '=', false)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

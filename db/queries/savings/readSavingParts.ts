import type { SavingVerdict } from '../../../core/savings/measureSaving.ts';
import type { SavingPart } from '../../../core/savings/sumSavings.ts';
import type { Database } from '../../connect.ts';

/** What every action that was carried out adds to the totals; those whose currency is not known add nothing. */
export async function readSavingParts(
  db: Database,
  filter: { connectionId?: string | undefined },
): Promise<SavingPart[]> {
  let query = db
    .selectFrom('savings as s')
    .innerJoin('actions as a', 'a.id', 's.action_id')
    .where('s.first_day', 'is not', null)
    .select((eb) => [
      eb.fn.coalesce('s.currency', 'a.saving_currency').as('currency'),
      'a.expected_monthly_saving as promised',
      'a.saving_currency as promised_currency',
      's.measured_days',
      's.expected',
      's.actual',
      's.saved',
      's.saved_lower',
      's.saved_upper',
      's.verdict',
      's.final',
      's.ended_by',
    ]);
  if (filter.connectionId !== undefined)
    query = query.where('a.connection_id', '=', filter.connectionId);
  return (await query.execute()).flatMap((row) =>
    row.currency === null ? [] : [toPart({ ...row, currency: row.currency })],
  );
}

interface Row {
  currency: string;
  promised: string | null;
  promised_currency: string | null;
  measured_days: number;
  expected: string | null;
  actual: string | null;
  saved: string | null;
  saved_lower: string | null;
  saved_upper: string | null;
  verdict: string;
  final: boolean;
  ended_by: string | null;
}

function toPart(row: Row): SavingPart {
  return {
    currency: row.currency,
    // A promise in another currency than the bill's is not added to it.
    promisedMonthly: row.promised_currency === row.currency ? row.promised : null,
    measured:
      row.saved === null
        ? null
        : {
            days: row.measured_days,
            expected: row.expected ?? '0',
            actual: row.actual ?? '0',
            saved: row.saved,
            lower: row.saved_lower ?? row.saved,
            upper: row.saved_upper ?? row.saved,
          },
    verdict: row.verdict as SavingVerdict,
    isFinal: row.final,
    isRolledBack: row.ended_by === 'rolled_back',
  };
}

import { sql } from 'kysely';
import type { LlmMeter } from '../../../../core/llm/meters.ts';
import type { MeterUse } from '../../../../core/llm/spend/measureUse.ts';
import { toDecimalString } from '../../../../core/money/money.ts';
import type { Database } from '../../../connect.ts';
import type { SeriesQuestion } from './readSpendSeries.ts';
import { groupKey, spendSource, spendWhere } from './spendRows.ts';

/**
 * The use of kinds that have no column of their own, sound, images and tools, by the JSON text of group and instant; of the
 * groups that are not among `keys` together under null.
 */
export async function readOtherUse(
  db: Database,
  question: SeriesQuestion,
  keys: readonly string[],
): Promise<Map<string, MeterUse[]>> {
  const key = groupKey(question.groupBy);
  const result = await sql<Row>`
    select case when ${key} = any(${keys}::text[]) then ${key} end as key,
      date_trunc(${question.granularity}, s.bucket_start, 'UTC') as at, o.key as meter,
      sum(o.value::numeric) as units, sum((s.cost_parts ->> o.key)::numeric) as cost,
      coalesce(sum(o.value::numeric) filter (where o.key = any(s.unpriced)), 0) as unpriced_units
    from ${spendSource(question, question.granularity)} s cross join lateral jsonb_each_text(s.other_units) o
    where s.other_units <> '{}' and ${spendWhere(question)} group by 1, 2, 3`.execute(db);
  const uses = new Map<string, MeterUse[]>();
  for (const row of result.rows) {
    const id = JSON.stringify([row.key, row.at.toISOString()]);
    const own = uses.get(id) ?? [];
    own.push({
      meter: row.meter,
      units: row.units,
      cost: row.cost === null ? null : toDecimalString(row.cost),
      unpricedUnits: row.unpriced_units,
    });
    uses.set(id, own);
  }
  return uses;
}

interface Row {
  key: string | null;
  at: Date;
  meter: LlmMeter;
  units: string;
  cost: string | null;
  unpriced_units: string;
}

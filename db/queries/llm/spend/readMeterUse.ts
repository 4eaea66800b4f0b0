import { sql } from 'kysely';
import type { LlmMeter } from '../../../../core/llm/meters.ts';
import type { MeterUse } from '../../../../core/llm/spend/measureUse.ts';
import { toDecimalString } from '../../../../core/money/money.ts';
import type { Database } from '../../../connect.ts';
import {
  METER_COST,
  METERS,
  type SpendFilter,
  spendWhere,
  type WantedGroups,
  wantedKey,
} from './spendRows.ts';

/** The use of one kind by one of the wanted groups, or by all others (key null). */
export interface GroupMeterUse extends MeterUse {
  key: string | null;
}

/** How much of each kind the wanted groups used in a period, and what is known of its cost in USD. */
export async function readMeterUse(
  db: Database,
  filter: SpendFilter,
  wanted: WantedGroups,
): Promise<GroupMeterUse[]> {
  const result = await sql<Row>`
    select ${wantedKey(wanted)} as key, m.meter, sum(m.units) as units, sum(${METER_COST}) as cost,
      coalesce(sum(m.units) filter (where ${METER_COST} is not null), 0) as priced_units,
      coalesce(sum(m.units) filter (where m.meter = any(s.unpriced)), 0) as unpriced_units
    from llm_spend s cross join ${METERS} where ${spendWhere(filter)} group by 1, 2`.execute(db);
  return result.rows.map((row) => ({
    key: row.key,
    meter: row.meter,
    units: row.units,
    cost: row.cost === null ? null : toDecimalString(row.cost),
    pricedUnits: row.priced_units,
    unpricedUnits: row.unpriced_units,
  }));
}

interface Row {
  key: string | null;
  meter: LlmMeter;
  units: string;
  cost: string | null;
  priced_units: string;
  unpriced_units: string;
}

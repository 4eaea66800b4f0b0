import { sql } from 'kysely';
import type { SeriesKey } from '../../../core/detective/connectionView.ts';
import type { MemberCharge } from '../../../core/detective/attributeIncident.ts';
import { addDays } from '../../../core/time/day.ts';
import type { Database } from '../../connect.ts';

/** Which series of an incident, and what the charges are compared over. */
export interface MemberChargesFilter {
  connectionId: string;
  /** UTC days before the incident: from included, to excluded. */
  baseline: { from: string; to: string };
  members: { series: SeriesKey; days: string[] }[];
  ownerTag: string;
}

/**
 * What each resource and meter of an incident's series cost and used over the baseline, and over the days on which its
 * series was found; one statement for all series.
 */
export async function readMemberCharges(
  db: Database,
  { connectionId, baseline, members, ownerTag }: MemberChargesFilter,
): Promise<MemberCharge[]> {
  const list = members.map(({ series, days }, member) => ({ member, ...series, days }));
  const last = list.flatMap(({ days }) => days).reduce((a, b) => (a > b ? a : b), baseline.to);
  const { rows } = await sql<Row>`
    with members as (
      select * from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as m(member integer, "subAccountId" text,
        "serviceName" text, "regionId" text, currency text, "skuMeter" text, days date[])
    ), charges as (
      select m.member, r.sku_meter, r.resource_id, r.consumed_unit, r.tags ->> ${ownerTag} as owner, r.billed_cost,
        r.consumed_quantity, (r.charge_period_start at time zone 'UTC')::date < ${baseline.to}::date as is_before
      from cost_records r join members m on m."serviceName" = r.service_name and m.currency = r.billing_currency
        and m."subAccountId" is not distinct from r.sub_account_id
        and m."regionId" is not distinct from r.region_id
        and (m."skuMeter" is null or m."skuMeter" = r.sku_meter)
      where r.connection_id = ${connectionId}
        and r.charge_period_start >= ${new Date(`${baseline.from}T00:00:00Z`)}
        and r.charge_period_start < ${new Date(`${addDays(last, 1)}T00:00:00Z`)}
        and ((r.charge_period_start at time zone 'UTC')::date < ${baseline.to}::date
          or (r.charge_period_start at time zone 'UTC')::date = any(m.days))
    )
    select member, sku_meter, resource_id, consumed_unit, owner,
      sum(billed_cost) filter (where is_before) as cost_before,
      sum(billed_cost) filter (where not is_before) as cost_after,
      sum(consumed_quantity) filter (where is_before) as quantity_before,
      sum(consumed_quantity) filter (where not is_before) as quantity_after
    from charges group by 1, 2, 3, 4, 5
    order by 1, 2, 3, 4, 5`.execute(db);
  return rows.flatMap((row) => {
    const series = members[row.member]?.series;
    return series === undefined ? [] : [toCharge(row, series)];
  });
}

interface Row {
  member: number;
  sku_meter: string | null;
  resource_id: string | null;
  consumed_unit: string | null;
  owner: string | null;
  cost_before: string | null;
  cost_after: string | null;
  quantity_before: string | null;
  quantity_after: string | null;
}

function toCharge(row: Row, series: SeriesKey): MemberCharge {
  return {
    series,
    skuMeter: row.sku_meter,
    resourceId: row.resource_id,
    unit: row.consumed_unit,
    owner: row.owner,
    costBefore: row.cost_before,
    costAfter: row.cost_after,
    quantityBefore: row.quantity_before,
    quantityAfter: row.quantity_after,
  };
}

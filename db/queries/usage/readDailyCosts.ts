import { sql } from 'kysely';
import type { CostDimension } from '../../../core/contracts/usage.ts';
import {
  completeUntil,
  type DailyCosts,
  LAG_DAYS_MAX,
} from '../../../core/forecast/forecastCosts.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import { addDays } from '../../../core/time/day.ts';
import type { Database } from '../../connect.ts';
import { type CostFilter, selectDailyCosts } from './costFilter.ts';
import { COST_KEY } from './costKey.ts';

/** The daily costs of one group in one currency, or of all other groups of that currency together. */
export interface DailyCostGroup extends DailyCosts {
  key: string | null;
  isRemainder: boolean;
  currency: string;
}

/** Which groups are read apart; the others are summed. */
export interface WantedGroups {
  groupBy: CostDimension;
  groups: readonly { key: string | null; currency: string }[];
}

const HISTORY_DAYS = 400;

/**
 * The daily costs of the 400 days up to `asOf` (included) that pass the filter, as they stand now, by one read of the
 * rollup: a series for each wanted group, and one for the rest of each currency.
 */
export async function readDailyCosts(
  db: Database,
  filter: Omit<CostFilter, 'from' | 'to'>,
  asOf: string,
  wanted: WantedGroups = { groupBy: 'provider', groups: [] },
): Promise<DailyCostGroup[]> {
  const groups = new Map<string, DayRow[]>();
  for (const row of await selectDays(db, filter, asOf, wanted)) {
    const id = JSON.stringify([row.currency, row.is_remainder, row.key]);
    const rows = groups.get(id) ?? [];
    rows.push(row);
    groups.set(id, rows);
  }
  return [...groups.values()].flatMap((rows) => {
    const [first] = rows;
    if (first === undefined) return [];
    const newest = rows.flatMap((row) => [row.told_by_all, row.told_by_any]);
    return {
      key: first.key,
      isRemainder: first.is_remainder,
      currency: first.currency,
      days: rows.map((row) => ({ date: row.date, cost: toDecimalString(row.cost) })),
      completeUntil: completeUntil(
        newest.filter((day) => day !== null),
        asOf,
      ),
    };
  });
}

type DayRow = Awaited<ReturnType<typeof selectDays>>[number];

function selectDays(
  db: Database,
  filter: Omit<CostFilter, 'from' | 'to'>,
  asOf: string,
  { groupBy, groups }: WantedGroups,
) {
  const keys = groups.map(({ key }) => key);
  const currencies = groups.map(({ currency }) => currency);
  const recent = addDays(asOf, -LAG_DAYS_MAX);
  const period = { from: addDays(asOf, 1 - HISTORY_DAYS), to: addDays(asOf, 1) };
  return selectDailyCosts(db, { ...filter, ...period }, groupBy)
    .innerJoin('connections as c', 'c.id', 'd.connection_id')
    .leftJoin(
      sql<{
        key: string | null;
        currency: string;
      }>`unnest(${keys}::text[], ${currencies}::text[])`.as<'g'>(sql`g(key, currency)`),
      (join) =>
        join
          .onRef('g.currency', '=', 'd.billing_currency')
          .on(sql<boolean>`g.key is not distinct from ${COST_KEY[groupBy]}`),
    )
    .select([
      'g.key as key',
      sql<boolean>`g.currency is null`.as('is_remainder'),
      'd.billing_currency as currency',
      'd.day as date',
      // A connection tells of its days in order: what comes after its newest day is not there yet.
      sql<string | null>`min(c.data_until) filter (where c.data_until >= ${recent})`.as(
        'told_by_all',
      ),
      sql<string | null>`max(c.data_until)`.as('told_by_any'),
    ])
    .select((eb) => eb.fn.sum<string>('d.billed_cost').as('cost'))
    .groupBy([sql`1`, sql`2`, 'd.billing_currency', 'd.day'])
    .orderBy('d.day')
    .execute();
}

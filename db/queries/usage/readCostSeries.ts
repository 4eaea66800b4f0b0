import { sql } from 'kysely';
import type { CostDimension } from '../../../core/contracts/usage.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import type { Database } from '../../connect.ts';
import { type CostFilter, selectDailyCosts } from './costFilter.ts';
import { COST_KEY } from './costKey.ts';

/** One point of a grouped series; `key` is null for the remainder and where the dimension has no value. */
export interface CostPoint {
  key: string | null;
  isRemainder: boolean;
  currency: string;
  /** First day of the bucket. */
  date: string;
  /** Newest day with costs in the bucket. */
  newestDay: string;
  cost: string;
}

type SeriesFilter = CostFilter & { granularity: 'day' | 'month'; groupBy: CostDimension };

/**
 * Costs by group and day or month from the daily rollup: in each currency the `limit` groups with the largest totals,
 * and all others as one remainder. Sorted by currency, then largest group, then date.
 */
export async function readCostSeries(
  db: Database,
  filter: SeriesFilter & { limit: number },
): Promise<CostPoint[]> {
  const rows = await db
    .with('points', () => selectPoints(db, filter))
    .with('ranked', (qb) =>
      qb
        .selectFrom('points')
        .select(['key', 'currency'])
        .select(
          sql<number>`row_number() over (partition by currency order by sum(cost) desc, key)`.as(
            'rank',
          ),
        )
        .groupBy(['key', 'currency']),
    )
    .selectFrom('points as p')
    .innerJoin('ranked as r', (join) =>
      join
        .onRef('r.currency', '=', 'p.currency')
        // Null becomes a value that no key is, and letters are compared as bytes: joined by hash or a quick sort.
        .on(
          sql<boolean>`coalesce('=' || r.key, '') collate "C" = coalesce('=' || p.key, '') collate "C"`,
        ),
    )
    .select([
      sql<number>`least(r.rank, ${filter.limit + 1})::integer`.as('place'),
      'p.currency',
      'p.date',
    ])
    .select([
      // A place up to the limit is one key.
      sql<string | null>`min(p.key) filter (where r.rank <= ${filter.limit})`.as('key'),
      sql<string>`trim_scale(sum(p.cost))`.as('cost'),
    ])
    .select((eb) => eb.fn.max<string>('p.newest_day').as('newest_day'))
    .groupBy(['p.currency', sql`1`, 'p.date'])
    .orderBy('p.currency')
    .orderBy('place')
    .orderBy('p.date')
    .execute();
  return rows.map((row) => ({
    key: row.key,
    isRemainder: row.place > filter.limit,
    currency: row.currency,
    date: row.date,
    newestDay: row.newest_day,
    cost: toDecimalString(row.cost),
  }));
}

const BUCKET = {
  day: sql<string>`d.day`,
  month: sql<string>`date_trunc('month', d.day)::date`,
};

function selectPoints(db: Database, filter: SeriesFilter) {
  return selectDailyCosts(db, filter, filter.groupBy)
    .select([
      COST_KEY[filter.groupBy].as('key'),
      'd.billing_currency as currency',
      BUCKET[filter.granularity].as('date'),
    ])
    .select((eb) => [
      eb.fn.sum<string>('d.billed_cost').as('cost'),
      eb.fn.max<string>('d.day').as('newest_day'),
    ])
    .groupBy([sql`1`, sql`2`, sql`3`]);
}

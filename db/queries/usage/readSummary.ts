import { sql } from 'kysely';
import type { Provider } from '../../../core/contracts/scalars.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import type { Database } from '../../connect.ts';
import { type CostFilter, selectDailyCosts } from './costFilter.ts';

/** A service's cost in a period and in the one before it. */
export interface ServiceChange {
  serviceName: string;
  provider: Provider;
  currency: string;
  total: string;
  previousTotal: string;
}

/**
 * Cost of each service in `from`..`to` beside `previousFrom`..`from`, in each currency.
 * Services without cost in both are left out.
 */
export async function readServiceChanges(
  db: Database,
  filter: CostFilter & { previousFrom: string },
): Promise<ServiceChange[]> {
  const rows = await selectDailyCosts(db, { ...filter, from: filter.previousFrom })
    .select(['d.service_name', 'd.provider', 'd.billing_currency'])
    .select([
      sql<string>`coalesce(sum(d.billed_cost) filter (where d.day >= ${filter.from}), 0)`.as(
        'total',
      ),
      sql<string>`coalesce(sum(d.billed_cost) filter (where d.day < ${filter.from}), 0)`.as(
        'previous',
      ),
    ])
    .groupBy(['d.service_name', 'd.provider', 'd.billing_currency'])
    .execute();
  return rows.map((row) => ({
    serviceName: row.service_name,
    provider: row.provider as Provider,
    currency: row.billing_currency,
    total: toDecimalString(row.total),
    previousTotal: toDecimalString(row.previous),
  }));
}

/** How many findings are open and how many actions wait for a decision. */
export async function countOpenWork(
  db: Database,
): Promise<{ openAnomalies: number; actionsWaiting: number }> {
  const row = await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('anomalies')
        .select(sql<number>`count(*)::integer`.as('n'))
        .where('status', '=', 'open')
        .as('anomalies'),
      eb
        .selectFrom('actions')
        .select(sql<number>`count(*)::integer`.as('n'))
        .where('status', '=', 'proposed')
        .as('actions'),
    ])
    .executeTakeFirstOrThrow();
  return { openAnomalies: row.anomalies ?? 0, actionsWaiting: row.actions ?? 0 };
}

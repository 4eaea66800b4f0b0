import { type Expression, sql, type SqlBool } from 'kysely';
import type { Provider } from '../../../core/contracts/scalars.ts';
import type { CostDimension } from '../../../core/contracts/usage.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import type { Database } from '../../connect.ts';
import { type CostFilter, selectDailyCosts } from './costFilter.ts';
import { COST_KEY } from './costKey.ts';

/** A group's cost in a period and in an earlier one. */
export interface CostChange {
  /** null where the charges have no value of the dimension. */
  key: string | null;
  /** null where charges of several providers make up the group. */
  provider: Provider | null;
  currency: string;
  /** Of the whole period. */
  total: string;
  /** Of its days up to `comparedTo`. */
  comparedTotal: string;
  previousTotal: string;
}

/** Which days are compared, bounds as in `CostFilter`. */
export interface ComparedDays {
  comparedTo: string;
  previousFrom: string;
  previousTo: string;
}

/**
 * Cost of each group in `from`..`to`, and in its first days up to `comparedTo` beside `previousFrom`..`previousTo`, in each
 * currency. Groups without cost in both are left out.
 */
export async function readCostChanges(
  db: Database,
  filter: CostFilter & ComparedDays & { groupBy: CostDimension },
): Promise<CostChange[]> {
  const { from, to, comparedTo, previousFrom, previousTo, ...same } = filter;
  const sums = (period: { from: string; to: string }, compared: Expression<SqlBool>) =>
    selectDailyCosts(db, { ...same, ...period }, filter.groupBy)
      .select([COST_KEY[filter.groupBy].as('key'), 'd.billing_currency as currency'])
      .select((eb) => [
        eb.fn.min<string>('d.provider').as('provider'),
        eb.fn.max<string>('d.provider').as('last_provider'),
        eb.fn.sum<string>('d.billed_cost').as('total'),
        eb.fn.sum<string | null>('d.billed_cost').filterWhere(compared).as('compared'),
      ])
      .groupBy([sql`1`, 'd.billing_currency']);
  const rows = await db
    .with('now', () => sums({ from, to }, sql`d.day < ${comparedTo}`))
    .with('before', () => sums({ from: previousFrom, to: previousTo }, sql`true`))
    .selectFrom('now')
    .fullJoin('before', (join) =>
      join
        .onRef('now.currency', '=', 'before.currency')
        // Postgres joins in full only by what it can hash: null becomes a value that no key is.
        .on(sql<boolean>`${hashable('now')} = ${hashable('before')}`),
    )
    .select([
      sql<string | null>`coalesce(now.key, before.key)`.as('key'),
      sql<string>`coalesce(now.currency, before.currency)`.as('currency'),
      sql<Provider | null>`case when least(now.provider, before.provider) =
        greatest(now.last_provider, before.last_provider)
        then coalesce(now.provider, before.provider) end`.as('provider'),
      sql<string>`coalesce(now.total, 0)`.as('total'),
      sql<string>`coalesce(now.compared, 0)`.as('compared'),
      sql<string>`coalesce(before.total, 0)`.as('previous'),
    ])
    .execute();
  return rows.map((row) => ({
    key: row.key,
    provider: row.provider,
    currency: row.currency,
    total: toDecimalString(row.total),
    comparedTotal: toDecimalString(row.compared),
    previousTotal: toDecimalString(row.previous),
  }));
}

const hashable = (table: string) => sql`coalesce('=' || ${sql.ref(`${table}.key`)}, '')`;

/** The newest day that each connection has told of, of those that the filter leaves. */
export async function readNewestDays(
  db: Database,
  { provider, connectionId }: Pick<CostFilter, 'provider' | 'connectionId'>,
): Promise<string[]> {
  let query = db.selectFrom('connections').select('data_until').where('data_until', 'is not', null);
  if (provider !== undefined) query = query.where('provider', '=', provider);
  if (connectionId !== undefined) query = query.where('id', '=', connectionId);
  return (await query.execute()).flatMap((row) => row.data_until ?? []);
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

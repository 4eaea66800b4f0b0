import { sql } from 'kysely';
import type { Provider } from '../../../core/contracts/scalars.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import { settledUntil } from '../../../core/savings/settledUntil.ts';
import type { SavingScope } from '../../../core/savings/savingScope.ts';
import type { Database } from '../../connect.ts';
import { isOfResource } from '../costs/isOfResource.ts';

/** What a scope cost, as far as it is known for good. */
export interface SavingCosts {
  /** The currencies of its charges; only of one is `days` a sum that means something. */
  currencies: string[];
  /** Every settled UTC day of which the connection tells, oldest first; 0 where the scope was not charged. */
  days: { date: string; cost: string }[];
  /** The last settled day; undefined before the connection has told of any. */
  settledUntil: string | undefined;
}

/** Reads the daily costs of a scope from `from` on, in all currencies or in one. */
export async function readSavingCosts(
  db: Database,
  connection: { id: string; provider: Provider },
  scope: SavingScope,
  from: string,
  currency?: string,
): Promise<SavingCosts> {
  const isUse = scope.basis === 'api_key' || scope.basis === 'project';
  const told = isUse
    ? await readUseDays(db, connection.id, from)
    : await readCostDays(db, connection.id, from);
  const newest = told.until;
  if (newest === null) return { currencies: [], days: [], settledUntil: undefined };
  const until = settledUntil(connection.provider, newest);
  const all = isUse
    ? await readUse(db, connection.id, scope, from)
    : await readCharges(db, connection.id, scope, from);
  const rows = all.filter((row) => currency === undefined || row.currency === currency);
  const costs = new Map(rows.map(({ date, cost }) => [date, toDecimalString(cost)]));
  return {
    currencies: [...new Set(rows.map((row) => row.currency ?? 'USD'))],
    days: told.days
      .filter((date) => date <= until)
      .map((date) => ({ date, cost: costs.get(date) ?? '0' })),
    settledUntil: until,
  };
}

const start = (day: string): Date => new Date(`${day}T00:00:00Z`);

async function readCostDays(db: Database, connectionId: string, from: string) {
  const rows = await db
    .selectFrom('cost_daily')
    .select('day')
    .distinct()
    .where('connection_id', '=', connectionId)
    .where('day', '>=', from)
    .orderBy('day')
    .execute();
  const days = rows.map(({ day }) => day);
  return { days, until: days.at(-1) ?? null };
}

// A report of use has no row for a day without any, so every day up to the newest report counts as told of.
async function readUseDays(db: Database, connectionId: string, from: string) {
  const { rows } = await sql<{ day: string }>`
    with told as (
      select (min(bucket_start) at time zone 'UTC')::date as first,
        coalesce((select (pulled_until at time zone 'UTC')::date - 1 from llm_pulls where connection_id = ${connectionId}),
          (max(bucket_start) at time zone 'UTC')::date) as last
      from llm_spend_hours where connection_id = ${connectionId})
    select day::date as day from told, generate_series(greatest(first, ${from}::date), last, '1 day') day
    order by 1`.execute(db);
  const days = rows.map(({ day }) => day);
  return { days, until: days.at(-1) ?? null };
}

type ChargeScope = Extract<SavingScope, { basis: 'resource' | 'usage_type' }>;
type UseScope = Extract<SavingScope, { basis: 'api_key' | 'project' }>;

function readCharges(db: Database, connectionId: string, scope: ChargeScope, from: string) {
  let query = db
    .selectFrom('cost_records')
    .select([
      sql<string>`(charge_period_start at time zone 'UTC')::date`.as('date'),
      sql<string>`sum(billed_cost)::text`.as('cost'),
      sql<string>`min(billing_currency)`.as('currency'),
    ])
    .where('connection_id', '=', connectionId)
    .where('charge_period_start', '>=', start(from))
    // Upfront fees and refunds of the days come from no use of them.
    .where('charge_category', '=', 'Usage')
    .groupBy([sql`1`, 'billing_currency']);
  if (scope.basis === 'resource') {
    query = query.where(isOfResource(scope.resourceId));
  } else {
    // `USE1-BoxUsage:m5.large` and `BoxUsage:m5.large` are the same type in two regions.
    query = query
      .where('region_id', '=', scope.region)
      .where(
        sql<string>`regexp_replace(sku_meter, '^[A-Z]{2,4}[0-9]+-', '')`,
        'in',
        scope.usageTypes,
      )
      .where((eb) =>
        eb.or([eb('sub_account_id', '=', scope.accountId), eb('sub_account_id', 'is', null)]),
      );
  }
  return query.execute();
}

function readUse(db: Database, connectionId: string, scope: UseScope, from: string) {
  return db
    .selectFrom('llm_spend_hours')
    .select([
      sql<string>`(bucket_start at time zone 'UTC')::date`.as('date'),
      sql<string>`sum(coalesce(cost,
        (select sum(part.value::numeric) from jsonb_each_text(cost_parts) part), 0))::text`.as(
        'cost',
      ),
      'currency',
    ])
    .where('connection_id', '=', connectionId)
    .where('bucket_start', '>=', start(from))
    .where(
      scope.basis === 'api_key' ? 'api_key_id' : 'project_id',
      '=',
      scope.basis === 'api_key' ? scope.apiKeyId : scope.projectId,
    )
    .groupBy([sql`1`, 'currency'])
    .execute();
}

import { type Expression, sql, type SqlBool } from 'kysely';
import type { BudgetFilter } from '../../../core/contracts/budget.ts';
import { completeUntil } from '../../../core/forecast/forecastCosts.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import { addDays } from '../../../core/time/day.ts';
import type { Database } from '../../connect.ts';
import type { DailyCostGroup } from '../usage/readDailyCosts.ts';

const HISTORY_DAYS = 400;

/**
 * What the use of language models that passes the filter cost on each of the 400 UTC days up to `asOf` (included), one
 * series a currency. Use of which a part has no known price counts with the known parts. A provider's report is complete
 * up to the day before the one that it was read in; what is pushed comes within seconds.
 */
export async function readDailyUse(
  db: Database,
  filter: BudgetFilter,
  asOf: string,
): Promise<DailyCostGroup[]> {
  const rows = await selectUse(db, filter, asOf).execute();
  const currencies = [...new Set(rows.map(({ currency }) => currency))];
  return currencies.map((currency) => {
    const own = rows.filter((row) => row.currency === currency);
    return {
      key: null,
      isRemainder: true,
      currency: currency ?? 'USD',
      days: own.map(({ date, cost }) => ({ date, cost: toDecimalString(cost) })),
      completeUntil: completeUntil(
        own.map(({ told_until: until }) => until ?? asOf),
        asOf,
      ),
    };
  });
}

function selectUse(db: Database, filter: BudgetFilter, asOf: string) {
  const start = (day: string) => new Date(`${day}T00:00:00Z`);
  return db
    .selectFrom('llm_spend_hours as u')
    .leftJoin('llm_pulls as p', 'p.connection_id', 'u.connection_id')
    .where('u.bucket_start', '>=', start(addDays(asOf, 1 - HISTORY_DAYS)))
    .where('u.bucket_start', '<', start(addDays(asOf, 1)))
    .where((eb) => {
      const conditions: Expression<SqlBool>[] = [];
      const { provider, connectionId, account, apiKeyId, model, userTag, teamId } = filter;
      if (provider !== undefined) conditions.push(eb('u.provider', '=', provider));
      if (connectionId !== undefined) conditions.push(eb('u.connection_id', '=', connectionId));
      if (account !== undefined) conditions.push(eb('u.project_id', '=', account));
      if (apiKeyId !== undefined) conditions.push(eb('u.api_key_id', '=', apiKeyId));
      if (model !== undefined) conditions.push(eb('u.model', '=', model));
      if (userTag !== undefined) conditions.push(eb('u.user_tag', '=', userTag));
      if (teamId !== undefined) conditions.push(isOfTeam(teamId));
      return eb.and(conditions);
    })
    .select([
      'u.currency',
      sql<string>`(u.bucket_start at time zone 'UTC')::date`.as('date'),
      sql<string>`sum(coalesce(u.cost,
        (select sum(part.value::numeric) from jsonb_each_text(u.cost_parts) part), 0))`.as('cost'),
      sql<string | null>`min((p.pulled_until at time zone 'UTC')::date - 1)`.as('told_until'),
    ])
    .groupBy(['u.currency', sql`2`])
    .orderBy(sql`2`);
}

/** Use names no owner, so what a team was given by owners' tags is none of it, as its members see none. */
const isOfTeam = (teamId: string) => sql<SqlBool>`exists (
  select from team_grants g where g.team_id = ${teamId} and g.connection_id = u.connection_id and g.owner is null
    and (g.sub_account_id is null or g.sub_account_id = u.project_id))`;

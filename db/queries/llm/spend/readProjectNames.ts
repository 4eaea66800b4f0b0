import { sql } from 'kysely';
import type { Database } from '../../../connect.ts';

/** The names of OpenAI projects and Anthropic workspaces by id, as the provider's costs since `since` (a UTC day) tell them. */
export async function readProjectNames(
  db: Database,
  ids: readonly string[],
  since: string,
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('cost_records as r')
    .innerJoin('connections as c', 'c.id', 'r.connection_id')
    .where('c.provider', 'in', ['openai', 'anthropic'])
    .where('r.charge_period_start', '>=', new Date(since))
    .where('r.sub_account_id', 'in', ids)
    .where('r.sub_account_name', 'is not', null)
    .select(['r.sub_account_id as id', sql<string>`max(r.sub_account_name)`.as('name')])
    .groupBy('r.sub_account_id')
    .execute();
  return new Map(rows.flatMap(({ id, name }) => (id === null ? [] : [[id, name] as const])));
}

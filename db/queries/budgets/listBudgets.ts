import { sql, type SqlBool } from 'kysely';
import type { Budget } from '../../../core/contracts/budget.ts';
import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { fromBudgetRow } from './budgetRow.ts';

/** A page of budgets by name. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listBudgets(
  db: Database,
  list: { limit: number; cursor?: string | undefined },
): Promise<{ items: Budget[]; next_cursor: string | null }> {
  let query = db
    .selectFrom('budgets')
    .selectAll()
    .orderBy('name')
    .limit(list.limit + 1);
  if (list.cursor !== undefined)
    query = query.where('name', '>', decodeCursor(list.cursor, 1)[0] ?? '');
  const rows = (await query.execute()).map(fromBudgetRow);
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  return {
    items,
    next_cursor: rows.length > items.length && last ? encodeCursor([last.name]) : null,
  };
}

/** Every budget that is watched, by name; with a connection, without those of teams that were given nothing of it. */
export async function listEnabledBudgets(db: Database, connectionId?: string): Promise<Budget[]> {
  const rows = await db
    .selectFrom('budgets')
    .selectAll()
    .where('enabled', '=', true)
    .$if(connectionId !== undefined, (query) =>
      query.where(
        sql<SqlBool>`team_id is null or team_id in (
          select g.team_id from team_grants g where g.connection_id = ${connectionId})`,
      ),
    )
    .orderBy('name')
    .execute();
  return rows.map(fromBudgetRow);
}

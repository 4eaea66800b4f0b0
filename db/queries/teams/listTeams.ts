import type { Team } from '../../../core/contracts/team.ts';
import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { fromTeamRow, selectTeams } from './selectTeams.ts';

/** A page of teams by name. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listTeams(
  db: Database,
  list: { limit: number; cursor?: string | undefined },
): Promise<{ items: Team[]; next_cursor: string | null }> {
  let query = selectTeams(db)
    .orderBy('t.name')
    .limit(list.limit + 1);
  if (list.cursor !== undefined)
    query = query.where('t.name', '>', decodeCursor(list.cursor, 1)[0] ?? '');
  const rows = (await query.execute()).map(fromTeamRow);
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  return {
    items,
    next_cursor: rows.length > items.length && last ? encodeCursor([last.name]) : null,
  };
}

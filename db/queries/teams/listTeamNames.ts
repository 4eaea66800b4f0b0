import type { TeamName } from './listTeamsOf.ts';
import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';

/** A page of teams' names, by name; of these teams only, where they are given. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listTeamNames(
  db: Database,
  list: { limit: number; cursor?: string | undefined; among?: readonly string[] | undefined },
): Promise<{ items: TeamName[]; next_cursor: string | null }> {
  let query = db
    .selectFrom('teams')
    .select(['id', 'name'])
    .orderBy('name')
    .limit(list.limit + 1);
  if (list.among !== undefined) query = query.where('id', 'in', [NOBODY, ...list.among]);
  if (list.cursor !== undefined)
    query = query.where('name', '>', decodeCursor(list.cursor, 1)[0] ?? '');
  const rows = await query.execute();
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  return {
    items,
    next_cursor: rows.length > items.length && last ? encodeCursor([last.name]) : null,
  };
}

// An empty list would be no SQL.
const NOBODY = '00000000-0000-0000-0000-000000000000';

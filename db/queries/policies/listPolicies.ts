import type { Policy } from '../../../core/contracts/policy.ts';
import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { fromPolicyRow } from './policyRow.ts';

/** A page of policies by name. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listPolicies(
  db: Database,
  list: { limit: number; cursor?: string | undefined },
): Promise<{ items: Policy[]; next_cursor: string | null }> {
  let query = db
    .selectFrom('policies')
    .selectAll()
    .orderBy('name')
    .limit(list.limit + 1);
  if (list.cursor !== undefined)
    query = query.where('name', '>', decodeCursor(list.cursor, 1)[0] ?? '');
  const rows = (await query.execute()).map(fromPolicyRow);
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  return {
    items,
    next_cursor: rows.length > items.length && last ? encodeCursor([last.name]) : null,
  };
}

/** Every policy that is enabled. */
export async function listEnabledPolicies(db: Database): Promise<Policy[]> {
  const rows = await db
    .selectFrom('policies')
    .selectAll()
    .where('enabled', '=', true)
    .orderBy('name')
    .execute();
  return rows.map(fromPolicyRow);
}

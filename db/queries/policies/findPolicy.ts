import type { Policy } from '../../../core/contracts/policy.ts';
import type { Database } from '../../connect.ts';
import { fromPolicyRow } from './policyRow.ts';

/** One policy; undefined where there is none. */
export async function findPolicy(db: Database, id: string): Promise<Policy | undefined> {
  const row = await db.selectFrom('policies').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : fromPolicyRow(row);
}

import type { Policy } from '../../../core/contracts/policy.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { fromPolicyRow } from './policyRow.ts';

/** Deletes a policy and returns what it was. @throws CostGuardError `policy_not_found` */
export async function deletePolicy(tx: Database, id: string): Promise<Policy> {
  const row = await tx
    .deleteFrom('policies')
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw notFound('policy_not_found');
  return fromPolicyRow(row);
}

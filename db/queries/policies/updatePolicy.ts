import { sql } from 'kysely';
import type { Policy, PolicyPatch } from '../../../core/contracts/policy.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { isUniqueViolation } from '../../isUniqueViolation.ts';
import { fromPolicyRow, policyNameTaken } from './policyRow.ts';

/** Changes a policy and returns it before and after. @throws `policy_not_found`, `name_taken` */
export async function updatePolicy(
  tx: Database,
  id: string,
  patch: PolicyPatch,
): Promise<{ before: Policy; after: Policy }> {
  const row = await tx
    .selectFrom('policies')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw notFound('policy_not_found');
  const before = fromPolicyRow(row);
  const after = await tx
    .updateTable('policies')
    .set({
      name: patch.name ?? before.name,
      enabled: patch.enabled ?? before.enabled,
      rule: JSON.stringify(patch.rule ?? before.rule),
      version: sql`version + 1`,
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      // Asking first would miss a name that another transaction takes meanwhile.
      throw isUniqueViolation(error) ? policyNameTaken() : error;
    });
  return { before, after: fromPolicyRow(after) };
}

import { randomUUID } from 'node:crypto';
import type { Policy, PolicyCreate } from '../../../core/contracts/policy.ts';
import type { Database } from '../../connect.ts';
import { fromPolicyRow, policyNameTaken } from './policyRow.ts';

/** Adds a policy. @throws CostGuardError `name_taken` */
export async function insertPolicy(tx: Database, create: PolicyCreate): Promise<Policy> {
  const row = await tx
    .insertInto('policies')
    .values({
      id: randomUUID(),
      name: create.name,
      enabled: create.enabled,
      rule: JSON.stringify(create.rule),
    })
    .onConflict((oc) => oc.column('name').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw policyNameTaken();
  return fromPolicyRow(row);
}

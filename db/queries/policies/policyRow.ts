import type { Selectable } from 'kysely';
import { type Policy, PolicyRule } from '../../../core/contracts/policy.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Policies } from '../../schema.gen.ts';

/** A policy as the API shows it. */
export function fromPolicyRow(row: Selectable<Policies>): Policy {
  return {
    id: row.id,
    name: row.name,
    enabled: row.enabled,
    rule: PolicyRule.parse(row.rule),
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The answer to a name that another policy has. */
export function policyNameTaken(): CostGuardError {
  return new CostGuardError('name_taken', 'Choose another name; a policy already has this one.', {
    errors: [{ pointer: '/name', detail: 'is already in use' }],
  });
}

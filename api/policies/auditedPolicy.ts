import type { Policy } from '../../core/contracts/policy.ts';

/** What of a policy stands in the audit log. */
export function auditedPolicy({ name, enabled, rule }: Policy) {
  return { name, enabled, rule };
}

import type { Schemas } from '../../client/api';

type Policy = Schemas['Policy'];
type Rule = Schemas['PolicyRule'];

/** A policy that freezes actions. */
export type Freeze = Policy & { rule: Extract<Rule, { type: 'freeze' }> };

/** The freezes among policies. */
export function freezesIn(policies: readonly Policy[]): Freeze[] {
  return policies.filter((policy): policy is Freeze => policy.rule.type === 'freeze');
}

/** Whether a freeze stops everything, and not only a part. */
export const isTotal = ({ rule }: Freeze): boolean => Object.keys(rule.selector ?? {}).length === 0;

/** The name of the policy that the switch makes. */
export const FREEZE_NAME = 'Freeze';

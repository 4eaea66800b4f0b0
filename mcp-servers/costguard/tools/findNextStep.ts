import type { Action } from '../../../core/contracts/action.ts';

/** What a person has to do for an action, and where; undefined where nothing waits for anybody. */
export function findNextStep(
  { status, plan, proposedBy, expiresAt }: Action,
  link: string,
): string | undefined {
  switch (status) {
    case 'proposed':
      return plan === null
        ? 'Its plan is being made, which takes some seconds. Then a person decides.'
        : `A person who may approve, other than ${proposedBy}, approves or rejects it at ${link} before ${expiresAt}.`;
    case 'rollback_failed':
      return `A person has to look at the resource and try the rollback again at ${link}.`;
    default:
      return undefined;
  }
}

import { planHash } from '../actions/planHash.ts';
import type { ActionPlan } from '../contracts/action.ts';
import type { AuditRecord } from '../contracts/audit.ts';

const APPROVALS = ['action.approval', 'action.approved'];

/**
 * Checks, entry by entry, that what people approved is what was planned: the hash that an approval states is the SHA-256
 * of the plan that was logged for the action before. The check says what is wrong with an entry; undefined where nothing
 * is. It keeps one hash for each action.
 *
 * Approvals from before plans were logged name no number of approvals, and prove nothing. `isComplete`: the log begins
 * with its first entry and nothing was filtered out, so that a plan that is missing was never logged.
 */
export function createPlanCheck(isComplete: boolean): (record: AuditRecord) => string | undefined {
  const planned = new Map<string, { hash: string; seq: number }>();
  return ({ seq, operation, subject, detail }) => {
    const { plan, planHash: stated, approvalsNeeded } = detail;
    if (subject === null) return undefined;
    if (operation === 'action.planned') {
      const hash = planHash((plan ?? null) as ActionPlan);
      planned.set(subject, { hash, seq });
      if (hash === stated) return undefined;
      return `states the hash ${String(stated)} for a plan whose SHA-256 is ${hash}`;
    }
    if (!APPROVALS.includes(operation) || approvalsNeeded === undefined) return undefined;
    const known = planned.get(subject);
    if (known === undefined) {
      return isComplete ? 'approves a plan that no entry before it logged' : undefined;
    }
    if (known.hash === stated) return undefined;
    return `approves the plan ${String(stated)}, but the plan of ${subject} that entry ${known.seq} logged has the SHA-256 ${known.hash}`;
  };
}

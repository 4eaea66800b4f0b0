import type { DecisionKind } from '../../core/actions/decide.ts';
import { judgeAuthority } from '../../core/actions/judgeAuthority.ts';
import type { Failure, Move } from '../../core/actions/move.ts';
import { appendRefusals } from '../../db/queries/actions/appendRefusals.ts';
import { applyTransition } from '../../db/queries/actions/applyTransition.ts';
import { lockAction } from '../../db/queries/actions/lockAction.ts';
import { readAuthority } from '../../db/queries/actions/readAuthority.ts';
import type { ActionDeps } from './actionDeps.ts';
import { settleApproval } from './settleApproval.ts';

/** A decision that the state machine allows, to be judged and written. */
export interface DecisionToSettle {
  actionId: string;
  kind: DecisionKind;
  decision: {
    decisionId: string;
    decidedById: string;
    decidedByName: string;
    planHash?: string;
    reason?: string;
  };
  /** The status that it leads to when it stands. */
  move: Move;
}

/** Whether the decision stands; why not, where it does not. */
export type SettledDecision =
  | {
      outcome: 'accepted';
      /** Of an approval that is not enough: how many more people have to approve. The status stays. */
      approvalsMissing?: number;
    }
  | ({ outcome: 'refused' } & Failure);

/** Judges a decision by what the database says now, and writes it. */
export function createSettleDecision({ db, clock }: ActionDeps) {
  /**
   * Judges who decided, the plan that was shown, the connection and what the policies say, and writes the outcome, in one
   * transaction. Safe to run twice: a row that has the decision's version was written by an earlier run of this very call;
   * a refusal is one event, and an approval one row, however often it is written.
   */
  return function settleDecision(input: DecisionToSettle): Promise<SettledDecision> {
    const { actionId, kind, decision, move } = input;
    return db.transaction().execute(async (tx) => {
      const row = await lockAction(tx, actionId);
      await appendRefusals(tx, actionId, move.refusals);
      if (row.version >= move.version) return { outcome: 'accepted' };
      const authority = await readAuthority(tx, actionId, decision.decidedById);
      const objection = judgeAuthority({ kind, shownPlanHash: decision.planHash, ...authority });
      const approval =
        kind === 'approve' && objection === undefined
          ? await settleApproval(tx, { ...input, approver: authority.decider, now: clock() })
          : undefined;
      const refusal = objection ?? approval?.objection;
      if (refusal !== undefined) {
        await appendRefusals(tx, actionId, [{ ...decision, kind, ...refusal }]);
        return { outcome: 'refused', ...refusal };
      }
      if (approval !== undefined && approval.missing > 0)
        return { outcome: 'accepted', approvalsMissing: approval.missing };
      await applyTransition(tx, {
        actionId,
        status: move.status,
        version: move.version,
        summary: move.summary,
        actor: { kind: 'user', id: decision.decidedById, name: decision.decidedByName },
        decisionReason: decision.reason,
        approvals: approval && { approvals: approval.given, approvalsNeeded: approval.needed },
      });
      return { outcome: 'accepted' };
    });
  };
}

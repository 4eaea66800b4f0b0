import { approvalsMissing } from '../../core/actions/judgeApproval.ts';
import type { NoticeStage } from '../../core/actions/waitingNotices.ts';
import { notificationFromAction } from '../../core/notifications/notificationFromAction.ts';
import type { Database } from '../../db/connect.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { appendActionEvents } from '../../db/queries/actions/appendActionEvents.ts';
import { PLATFORM } from '../../db/queries/actions/applyTransition.ts';
import { getAction } from '../../db/queries/actions/getAction.ts';
import { listGivenApprovals } from '../../db/queries/actions/listApprovals.ts';
import { lockAction } from '../../db/queries/actions/lockAction.ts';
import { enqueueNotifications } from '../../db/queries/notifications/enqueueNotifications.ts';
import { judgeAction } from '../../db/queries/policies/judgeAction.ts';
import type { ActionDeps } from './actionDeps.ts';

/** Tells people of an action that waits for a decision. */
export function createRemindOfAction({ db, clock }: ActionDeps) {
  /**
   * Enqueues the message for every channel that takes it, and notes it in the action's history; nothing where the action
   * does not wait any more. Safe to run twice: message and note have names of their own.
   */
  return async function remindOfAction(input: {
    actionId: string;
    stage: NoticeStage;
  }): Promise<void> {
    const { actionId, stage } = input;
    await db.transaction().execute(async (tx) => {
      await lockAction(tx, actionId);
      const action = await getAction(tx, actionId);
      if (action.status !== 'proposed') return;
      const missing = await countMissing(tx, action, clock());
      const event = notificationFromAction(action, stage, missing);
      const channels = await enqueueNotifications(tx, event);
      await appendActionEvents(tx, actionId, [
        {
          key: `notice:${stage}`,
          type: 'notice',
          status: action.status,
          actor: PLATFORM.name,
          summary: summaryOf(stage, channels),
        },
      ]);
    });
  };
}

async function countMissing(tx: Database, action: StoredAction, now: Date): Promise<number> {
  const { plan, planHash } = action;
  if (plan === null || planHash === null) return 1;
  const evaluation = await judgeAction(tx, { action, plan, stage: 'approval', now });
  const given = await listGivenApprovals(tx, action.id, planHash);
  return approvalsMissing(plan, evaluation, given).missing;
}

function summaryOf(stage: NoticeStage, channels: number): string {
  const told = channels === 1 ? 'One channel was' : `${channels} channels were`;
  if (stage === 'escalation') {
    return channels === 0
      ? 'It is still undecided, and no channel takes escalations'
      : `${told} told that it is still undecided`;
  }
  return channels === 0
    ? 'It waits for a decision, and no channel takes reminders'
    : `${told} reminded that it waits for a decision`;
}

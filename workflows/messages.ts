import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DecisionKind } from '../core/actions/decide.ts';
import { backfillConnectionId } from '../core/connections/backfillIds.ts';
import type { ActionStatus, ActionTarget } from '../core/contracts/action.ts';
import type { ErrorCode } from '../core/errors.ts';
import { DETECTIVE_TASK_QUEUE } from './detectiveSchedule.ts';

/** The task queue of the workers that may change cloud resources. */
export const ACTIONS_TASK_QUEUE = 'actions';

/** The workflow that an action is. */
export const ACTION_WORKFLOW_TYPE = 'actionApproval';

/** The id of an action's workflow. */
export const actionWorkflowId = (actionId: string): string => `action-${actionId}`;

/** What the workflow is started with. */
export interface ActionApprovalInput {
  actionId: string;
}

/** A person's decision. `decisionId` makes the same signal sent twice one decision. */
export interface Decision {
  decisionId: string;
  decidedById: string;
  decidedByName: string;
  /** The hash of the plan that was shown; an approval needs it. */
  planHash?: string;
  reason?: string;
}

/** Approves the plan whose hash the decision carries. */
export const approveSignal = defineSignal<[Decision]>('approve');

/** Rejects the proposal. */
export const rejectSignal = defineSignal<[Decision]>('reject');

/** Withdraws the action while nothing has been changed yet. */
export const cancelSignal = defineSignal<[Decision]>('cancel');

/** Restores what was, within the time that stays open after success. */
export const rollbackSignal = defineSignal<[Decision]>('rollback');

/** Tries again to restore what was, after a rollback failed. */
export const retryRollbackSignal = defineSignal<[Decision]>('retryRollback');

/** The signal of each decision. */
export const DECISION_SIGNALS = {
  approve: approveSignal,
  reject: rejectSignal,
  cancel: cancelSignal,
  rollback: rollbackSignal,
  retryRollback: retryRollbackSignal,
} as const satisfies Record<DecisionKind, unknown>;

/** What came of a decision; `code` and `detail` say why it was refused. */
export interface DecisionOutcome {
  outcome: 'accepted' | 'refused';
  status: ActionStatus;
  code?: ErrorCode;
  detail?: string;
}

/** Waits until a decision that was signalled before is taken or refused. Bound it: it needs a living worker. */
export const decisionOutcomeUpdate = defineUpdate<DecisionOutcome, [{ decisionId: string }]>(
  'decisionOutcome',
);

/** Where the workflow stands; for operators, the product reads Postgres. */
export interface ActionState {
  status: ActionStatus;
  version: number;
  /** Decisions that arrived and are not settled yet. */
  waitingDecisions: number;
}

/** Asks the workflow where it stands. */
export const actionStateQuery = defineQuery<ActionState>('actionState');

/**
 * The options to start an action's workflow with, from the API and from the reconciler alike: started twice it is still
 * one workflow, and one that has closed is never started again.
 */
export function actionStartOptions(action: {
  id: string;
  resourceId: string;
  target: ActionTarget;
}) {
  return {
    taskQueue: ACTIONS_TASK_QUEUE,
    workflowId: actionWorkflowId(action.id),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [{ actionId: action.id }] as [ActionApprovalInput],
    staticSummary: describeAction(action),
  } as const;
}

const STATES = { running: 'Start', stopped: 'Stop', deleted: 'Delete the disk' } as const;

function describeAction({ resourceId, target }: { resourceId: string; target: ActionTarget }) {
  if ('instanceType' in target) return `Resize ${resourceId} to ${target.instanceType}`;
  if ('state' in target) return `${STATES[target.state]} ${resourceId}`;
  return `Limit the API key ${resourceId}`;
}

/** The workflow that reads a connection's history. */
export const BACKFILL_WORKFLOW_TYPE = 'backfillConnection';

/** What it is started with; which months are to be read stands in Postgres. */
export interface BackfillInput {
  connectionId: string;
  provider: string;
}

/** Tells it that more months of history are to be read. */
export const moreMonthsSignal = defineSignal('moreMonths');

/**
 * The options to start it with, or to reach the one that runs: it ends when all months are read, and may be started again.
 * The signal, sent with the start, is seen even by one that is just about to end.
 */
export function backfillStartOptions(input: BackfillInput, taskQueue = DETECTIVE_TASK_QUEUE) {
  return {
    taskQueue,
    workflowId: backfillConnectionId(input.connectionId),
    args: [input] as [BackfillInput],
    signal: moreMonthsSignal,
    staticSummary: 'History of a connection',
  } as const;
}

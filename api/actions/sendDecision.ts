import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { decide, type DecisionKind } from '../../core/actions/decide.ts';
import type { ActionStatus } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import {
  DECISION_SIGNALS,
  type Decision,
  type DecisionOutcome,
  decisionOutcomeUpdate,
} from '../../workflows/messages.ts';
import { actorOf } from '../identity/actor.ts';
import type { Principal } from '../identity/principal.ts';
import type { Services } from '../services.ts';
import { withinSeconds } from '../system/withinSeconds.ts';
import { getStoredAction } from './getAction.ts';

/** What a person sent. */
export interface DecisionInput {
  actionId: string;
  kind: DecisionKind;
  reason?: string | undefined;
  planHash?: string | undefined;
}

/** What came of it, as the API answers. */
export interface DecisionResult {
  actionId: string;
  decision: DecisionKind;
  outcome: 'accepted' | 'pending';
  status: ActionStatus;
}

const SIGNAL_SECONDS = 5;
const ANSWER_SECONDS = 8;

/**
 * Sends a person's decision to the action's workflow. The signal is what counts: once it is sent the decision is not lost,
 * even while no worker runs; the update after it only fetches the answer.
 *
 * @throws CostGuardError `action_not_found`, `action_wrong_state`, `action_plan_changed`, `proposer_cannot_decide`, or
 * `workflow_unavailable` when nothing was sent
 */
export async function sendDecision(
  services: Services,
  principal: Principal,
  input: DecisionInput,
): Promise<DecisionResult> {
  const action = await getStoredAction(services.db, input.actionId);
  assertDecidable(action, principal, input, services.now());
  const decision: Decision = {
    decisionId: randomUUID(),
    decidedById: principal.id,
    decidedByName: principal.name,
    ...(input.planHash === undefined ? {} : { planHash: input.planHash }),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
  };
  const handle = services.temporal.workflow.getHandle(action.workflowId);
  await services.db.transaction().execute(async (tx) => {
    await appendAudit(tx, {
      ...actorOf(principal),
      operation: `action.${input.kind}`,
      subject: `action:${action.id}`,
      detail: {
        decisionId: decision.decisionId,
        planHash: input.planHash ?? null,
        reason: input.reason ?? null,
      },
    });
    await withinSeconds(services.temporal, SIGNAL_SECONDS, () =>
      handle.signal(DECISION_SIGNALS[input.kind], decision),
    ).catch(explainMissingWorkflow);
  });
  const answer = await fetchAnswer(services, handle, decision.decisionId);
  if (answer === undefined) {
    return { actionId: action.id, decision: input.kind, outcome: 'pending', status: action.status };
  }
  if (answer.outcome === 'refused') {
    throw new CostGuardError(
      answer.code ?? 'action_wrong_state',
      answer.detail ?? 'Load the action again and look at its state.',
    );
  }
  return { actionId: action.id, decision: input.kind, outcome: 'accepted', status: answer.status };
}

function assertDecidable(
  action: Awaited<ReturnType<typeof getStoredAction>>,
  principal: Principal,
  input: DecisionInput,
  now: Date,
): void {
  const verdict = decide(action.status, input.kind, {
    now: now.toISOString(),
    deadlines: { expiresAt: action.expiresAt, rollbackUntil: action.rollbackUntil },
  });
  if (verdict.outcome === 'refused') throw new CostGuardError(verdict.code, verdict.detail);
  if (input.kind !== 'approve') return;
  if (action.proposedById === principal.id) {
    throw new CostGuardError(
      'proposer_cannot_decide',
      'Ask another approver: whoever proposed an action cannot approve it.',
    );
  }
  if (action.planHash === null) {
    throw new CostGuardError(
      'action_wrong_state',
      'The plan is still being prepared; try again in a few seconds.',
    );
  }
  if (input.planHash !== action.planHash) {
    throw new CostGuardError(
      'action_plan_changed',
      'Load the action again, read its plan, and approve that one.',
    );
  }
}

/** A proposal stored while Temporal was away has no workflow until the action worker starts it. */
function explainMissingWorkflow(error: unknown): never {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
  throw new CostGuardError(
    'workflow_unavailable',
    'The workflow of this action does not run (yet); try again in a minute. If it stays, check that an action worker runs.',
    { cause: error },
  );
}

/** The workflow's answer; undefined when it does not come in time. */
async function fetchAnswer(
  services: Services,
  handle: ReturnType<Services['temporal']['workflow']['getHandle']>,
  decisionId: string,
): Promise<DecisionOutcome | undefined> {
  try {
    return await services.temporal.withDeadline(Date.now() + ANSWER_SECONDS * 1000, () =>
      handle.executeUpdate(decisionOutcomeUpdate, { args: [{ decisionId }], updateId: decisionId }),
    );
  } catch (error) {
    services.log.info({ err: error, decisionId }, 'the answer to a decision comes later');
    return undefined;
  }
}

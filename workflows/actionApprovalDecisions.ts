import {
  allHandlersFinished,
  CancellationScope,
  condition,
  log,
  patched,
  setHandler,
} from '@temporalio/workflow';
import { decide, DECISION_KINDS, type DecisionKind } from '../core/actions/decide.ts';
import type { ActionStatus } from '../core/contracts/action.ts';
import type { Failure } from '../core/actions/move.ts';
import { records } from './actionApprovalActivities.ts';
import type { Story } from './actionApprovalStory.ts';
import {
  actionStateQuery,
  type Decision,
  type DecisionOutcome,
  DECISION_SIGNALS,
  decisionOutcomeUpdate,
} from './messages.ts';

/** Where decisions arrive and are settled, one at a time, in the order of their arrival. */
export interface DecisionDesk {
  /** Whether decisions wait. */
  hasWaiting: () => boolean;
  /** Settles what has arrived. Only the main line of the workflow calls it, so decisions never interleave. */
  settle: () => Promise<void>;
  /** Refuses what is left and lets every caller that waits for an outcome have it. */
  close: () => Promise<void>;
}

interface Arrival {
  kind: DecisionKind;
  decision: Decision;
}

/** Registers the handlers; call it before the first await, so that no early signal is lost. */
export function openDesk(story: Story): DecisionDesk {
  const waiting: Arrival[] = [];
  const outcomes = new Map<string, DecisionOutcome>();
  let isClosed = false;

  const refuse = ({ kind, decision }: Arrival, failure: Failure) => {
    const { decisionId, decidedById, decidedByName } = decision;
    outcomes.set(decisionId, { outcome: 'refused', status: story.status(), ...failure });
    story.refuse({ decisionId, kind, decidedById, decidedByName, ...failure });
  };
  receive(story, waiting, refuse, () => isClosed);
  setHandler(actionStateQuery, () => ({ ...story.standing(), waitingDecisions: waiting.length }));
  setHandler(decisionOutcomeUpdate, async ({ decisionId }) => {
    await condition(() => outcomes.has(decisionId) || isClosed);
    return outcomes.get(decisionId) ?? { outcome: 'refused', status: story.status(), ...ENDED };
  });

  return {
    hasWaiting: () => waiting.length > 0,
    settle: () =>
      CancellationScope.nonCancellable(async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const verdict = decide(story.status(), next.kind);
          if (verdict.outcome === 'refused') refuse(next, verdict);
          else outcomes.set(next.decision.decisionId, await judge(story, next, verdict.status));
        }
      }),
    close: () =>
      CancellationScope.nonCancellable(async () => {
        for (const arrival of waiting.splice(0)) refuse(arrival, ENDED);
        isClosed = true;
        await story.flush();
        await condition(allHandlersFinished);
      }),
  };
}

// A decision that the status rules out is refused at once, even while an activity keeps the main line busy.
function receive(
  story: Story,
  waiting: Arrival[],
  refuse: (arrival: Arrival, failure: Failure) => void,
  isClosed: () => boolean,
): void {
  const seen = new Set<string>();
  const take = (arrival: Arrival) => {
    if (!isDecision(arrival.decision)) {
      log.warn('A signal without a decision was ignored', { signal: arrival.kind });
      return;
    }
    if (seen.has(arrival.decision.decisionId)) return;
    seen.add(arrival.decision.decisionId);
    const verdict = decide(story.status(), arrival.kind);
    if (verdict.outcome === 'refused') refuse(arrival, verdict);
    else if (isClosed()) refuse(arrival, ENDED);
    else waiting.push(arrival);
  };
  for (const kind of DECISION_KINDS) {
    setHandler(DECISION_SIGNALS[kind], (decision) => take({ kind, decision }), {
      description: DESCRIPTION[kind],
    });
  }
}

/** Has the worker check who decided and what was shown; makes the move when the decision stands. */
async function judge(
  story: Story,
  { kind, decision }: Arrival,
  status: ActionStatus,
): Promise<DecisionOutcome> {
  const move = story.moveTo(status, `${DONE[kind]} by ${decision.decidedByName}`);
  const settled = await records.settleDecision.executeWithOptions(
    { summary: `${kind} by ${decision.decidedByName}` },
    [{ actionId: story.actionId, kind, decision, move }],
  );
  if (settled.outcome === 'refused') return { ...settled, status: story.status() };
  // Until release 0.1 one approval was always enough. May go when no workflow from before runs, which is 30 days after the
  // update at the latest.
  if (settled.approvalsMissing !== undefined && patched('two-approvers')) {
    story.note(`Approved by ${decision.decidedByName}; ${settled.approvalsMissing} more needed`);
    return { outcome: 'accepted', status: story.status() };
  }
  story.make(move);
  return { outcome: 'accepted', status };
}

const ENDED: Failure = { code: 'action_wrong_state', detail: 'The action has ended.' };

const DONE: Readonly<Record<DecisionKind, string>> = {
  approve: 'Approved',
  reject: 'Rejected',
  cancel: 'Cancelled',
  rollback: 'Rollback asked for',
  retryRollback: 'Another try of the rollback asked for',
};

const DESCRIPTION: Readonly<Record<DecisionKind, string>> = {
  approve: 'Approves the plan whose hash the decision carries.',
  reject: 'Rejects the proposal.',
  cancel: 'Withdraws the action while nothing has been changed yet.',
  rollback: 'Restores what was, within the time that stays open after success.',
  retryRollback: 'Tries again to restore what was, after a rollback failed.',
};

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TEXT = /^[^\p{Cc}]{1,500}$/u;

// A signal can come from anyone who reaches Temporal. One that the database could not hold would be tried for ever and
// keep every other decision waiting; it is nobody's decision.
function isDecision(value: unknown): value is Decision {
  if (typeof value !== 'object' || value === null) return false;
  const decision = value as Partial<Record<keyof Decision, unknown>>;
  const holds = (part: keyof Decision, pattern: RegExp, isOptional = false) => {
    const text = decision[part];
    return text === undefined ? isOptional : typeof text === 'string' && pattern.test(text);
  };
  return (
    holds('decisionId', ID) &&
    holds('decidedById', ID) &&
    holds('decidedByName', TEXT) &&
    holds('planHash', TEXT, true) &&
    holds('reason', TEXT, true)
  );
}

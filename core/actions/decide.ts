import type { ActionStatus } from '../contracts/action.ts';
import { mayFollow } from './transitions.ts';

/** What a person can decide about an action; also the names of the workflow's signals. */
export const DECISION_KINDS = ['approve', 'reject', 'cancel', 'rollback', 'retryRollback'] as const;

/** What a person can decide about an action. */
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** Where each decision leads. */
const LEADS_TO: Readonly<Record<DecisionKind, ActionStatus>> = {
  approve: 'approved',
  reject: 'rejected',
  cancel: 'cancelled',
  rollback: 'rolling_back',
  retryRollback: 'rolling_back',
};

// rolling_back also follows executing and verifying, but there the machine decides, not a person.
const OPEN_FOR: Readonly<Record<DecisionKind, readonly ActionStatus[]>> = {
  approve: ['proposed'],
  reject: ['proposed'],
  cancel: ['proposed', 'approved', 'preflight'],
  rollback: ['succeeded'],
  retryRollback: ['rollback_failed'],
};

/** What the state machine says to a decision: the status it leads to, or why it cannot be taken now. */
export type Verdict =
  | { outcome: 'accepted'; status: ActionStatus }
  | { outcome: 'refused'; code: 'action_wrong_state'; detail: string };

/** When an action stops taking decisions; ISO instants, as stored. */
export interface Deadlines {
  expiresAt: string;
  rollbackUntil: string | null;
}

/** Says whether an action in this status takes this decision at all. */
export function canDecide(status: ActionStatus, kind: DecisionKind): boolean {
  return OPEN_FOR[kind].includes(status) && mayFollow(status, LEADS_TO[kind]);
}

/**
 * The one rule about decisions and states, called by the API before it sends a decision and by the workflow before it
 * takes it. The API also gives `clock`, so that a late decision gets its answer at once. The workflow does not: for it
 * a decision is in time when it arrives before the workflow closed the proposal, even if a worker was away meanwhile.
 */
export function decide(
  status: ActionStatus,
  kind: DecisionKind,
  clock?: { now: string; deadlines: Deadlines },
): Verdict {
  if (!canDecide(status, kind)) return refused(wrongState(status, kind));
  if (clock !== undefined) {
    const late = tooLate(kind, Date.parse(clock.now), clock.deadlines);
    if (late !== undefined) return refused(late);
  }
  return { outcome: 'accepted', status: LEADS_TO[kind] };
}

function refused(detail: string): Verdict {
  return { outcome: 'refused', code: 'action_wrong_state', detail };
}

function wrongState(status: ActionStatus, kind: DecisionKind): string {
  const open = OPEN_FOR[kind].map((name) => name.replaceAll('_', ' ')).join(', ');
  return `The action is ${status.replaceAll('_', ' ')}; ${VERB[kind]} is possible only while it is ${open}.`;
}

const VERB: Readonly<Record<DecisionKind, string>> = {
  approve: 'approving',
  reject: 'rejecting',
  cancel: 'cancelling',
  rollback: 'rolling back',
  retryRollback: 'retrying the rollback',
};

function tooLate(kind: DecisionKind, nowMs: number, deadlines: Deadlines): string | undefined {
  switch (kind) {
    case 'approve':
    case 'reject':
      if (nowMs < Date.parse(deadlines.expiresAt)) return undefined;
      return `The proposal expired at ${deadlines.expiresAt}; propose it again.`;
    case 'rollback':
      if (deadlines.rollbackUntil !== null && nowMs < Date.parse(deadlines.rollbackUntil))
        return undefined;
      return 'The time in which this action could be rolled back is over; propose the way back as a new action.';
    case 'cancel':
    case 'retryRollback':
      return undefined;
  }
}

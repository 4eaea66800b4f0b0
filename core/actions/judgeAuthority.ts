import type { Role } from '../contracts/access.ts';
import type { ErrorCode } from '../errors.ts';
import type { DecisionKind } from './decide.ts';

/** What is known, at the moment of judging, about a decision, who made it and what it is about. */
export interface AuthorityFacts {
  kind: DecisionKind;
  /** undefined when no such user exists (any more). */
  decider: { id: string; role: Role; enabled: boolean } | undefined;
  proposedById: string;
  /** The hash that came with the approval: of the plan that was shown. */
  shownPlanHash: string | undefined;
  /** The hash stored with the plan; null while there is no plan. */
  storedPlanHash: string | null;
  /** The hash of the stored plan, computed again; null while there is no plan. */
  actualPlanHash: string | null;
  connection: { mode: 'read_only' | 'actions'; enabled: boolean };
  /** Whether another action on the same resource is open now. */
  isResourceTaken: boolean;
}

/** Why a decision is refused; undefined means it stands. */
export type Objection = { code: ErrorCode; detail: string } | undefined;

/**
 * Judges whether a decision may be taken: who may decide what, four eyes, the plan as shown, a connection that allows
 * actions. Called again by the worker when the decision is taken, since hours may lie between, and since a signal can
 * reach Temporal without passing the API.
 */
export function judgeAuthority(facts: AuthorityFacts): Objection {
  return (
    objectToDecider(facts) ??
    objectToPlan(facts) ??
    objectToConnection(facts) ??
    objectToRollback(facts)
  );
}

/** Whether people with this role decide about actions at all. */
export function mayDecide(role: Role): boolean {
  return role === 'approver' || role === 'admin';
}

function objectToDecider({ kind, decider, proposedById }: AuthorityFacts): Objection {
  if (decider?.enabled !== true) {
    return { code: 'forbidden', detail: 'Whoever decided has no enabled user account.' };
  }
  const isProposer = decider.id === proposedById;
  if (kind === 'cancel' && isProposer) return undefined;
  if (!mayDecide(decider.role)) {
    return { code: 'forbidden', detail: 'Only an approver or an admin can decide about actions.' };
  }
  if (kind === 'approve' && isProposer) {
    return {
      code: 'proposer_cannot_decide',
      detail: 'You proposed this action; somebody else has to approve it.',
    };
  }
  return undefined;
}

function objectToPlan(facts: AuthorityFacts): Objection {
  if (facts.kind !== 'approve') return undefined;
  const asShown = facts.shownPlanHash === facts.storedPlanHash;
  if (facts.storedPlanHash !== null && asShown && facts.actualPlanHash === facts.storedPlanHash) {
    return undefined;
  }
  return {
    code: 'action_plan_changed',
    detail: 'The plan is not the one that was shown; load the action again and read its plan.',
  };
}

function objectToConnection({ kind, connection }: AuthorityFacts): Objection {
  if (kind === 'reject' || kind === 'cancel') return undefined;
  if (connection.enabled && connection.mode === 'actions') return undefined;
  return {
    code: 'connection_read_only',
    detail: 'The connection is disabled or read-only; an admin can set its mode to "actions".',
  };
}

// After success the resource is free for the next action; the two would undo each other's work.
function objectToRollback({ kind, isResourceTaken }: AuthorityFacts): Objection {
  if (kind !== 'rollback' || !isResourceTaken) return undefined;
  return {
    code: 'action_open_for_resource',
    detail: 'Another action on this resource is open; decide or cancel that one first.',
  };
}

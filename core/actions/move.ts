import type { ActionStatus } from '../contracts/action.ts';
import type { ErrorCode } from '../errors.ts';
import type { DecisionKind } from './decide.ts';

/** Why an action did not go as planned: a code and a public sentence. */
export interface Failure {
  code: ErrorCode;
  detail: string;
}

/** A decision that was not taken. Ids and names of the platform only: it passes through the workflow's history. */
export interface Refusal {
  decisionId: string;
  kind: DecisionKind;
  decidedById: string;
  decidedByName: string;
  code: ErrorCode;
  detail: string;
}

/**
 * A change of status on its way from the workflow to the database. It travels with the first activity of its stage, so
 * that the row says `executing` before anything executes; a move that arrives twice, or late, changes nothing.
 */
export interface Move {
  status: ActionStatus;
  version: number;
  summary: string;
  failure?: Failure;
  /** Decisions refused since the last move. */
  refusals: Refusal[];
}

import type { ActionCreate } from '../../core/contracts/action.ts';
import type { AnomalyCreate } from '../../core/contracts/anomaly.ts';
import type { BudgetCreate, BudgetPatch } from '../../core/contracts/budget.ts';
import type { PolicyPreviewRequest } from '../../core/contracts/policy.ts';
import type { z } from 'zod';
import type { LlmPush } from '../../core/contracts/llmCall.ts';
import type { VisibleKind } from '../../db/queries/teams/visibility.ts';
import { unknownAnomaly, unknownConnection } from '../../db/queries/actions/insertAction.ts';
import type { Reach, Touch } from './reach.ts';

// What comes in was read by the route's own schemas; a route and its reach stand side by side.
const idOf = (params: unknown): string => (params as { id: string }).id;

/** A write to the thing that its address names. */
export const touchesItsId =
  (kind: VisibleKind): Reach =>
  ({ params }) => [{ kind, id: idOf(params) }];

/** A write that acts on all of the connection that its address names. */
export const touchesItsConnection: Reach = ({ params }) => [
  { kind: 'connection', id: idOf(params) },
  { kind: 'whole', connectionIds: [idOf(params)] },
];

/** A new budget. */
export const touchesNewBudget: Reach = ({ body }) => [
  { kind: 'budget_filter', filter: (body as BudgetCreate).filter },
];

/** A changed budget, as it was and as it will be. */
export const touchesBudgetPatch: Reach = ({ params, body }) => {
  const { filter } = body as BudgetPatch;
  const touches: Touch[] = [{ kind: 'budget', id: idOf(params) }];
  return filter === undefined ? touches : [...touches, { kind: 'budget_filter', filter }];
};

/** A proposal: its connection, the finding that it names, and its resource. */
export const touchesProposal: Reach = ({ body }) => {
  const { connectionId, anomalyId, resourceId } = body as ActionCreate;
  return [
    { kind: 'connection', id: connectionId, missing: unknownConnection },
    ...(anomalyId === undefined
      ? []
      : [{ kind: 'anomaly', id: anomalyId, missing: unknownAnomaly } as const]),
    { kind: 'resource', connectionId, resourceId },
  ];
};

/** An action that the policies are asked about. */
export const touchesPreviewedAction: Reach = ({ body }) => [
  { kind: 'action', id: (body as PolicyPreviewRequest).actionId },
];

/** A finding that a detector reports: its connection. */
export const touchesReport: Reach = ({ body }) =>
  ofConnections([(body as AnomalyCreate).connectionId]);

/** Calls of language models: their connections. */
export const touchesCalls: Reach = ({ body }) => {
  const sent = body as z.output<typeof LlmPush>;
  const calls = 'calls' in sent ? sent.calls : [sent];
  return ofConnections([...new Set(calls.map(({ connectionId }) => connectionId))]);
};

function ofConnections(connectionIds: readonly string[]): Touch[] {
  return [
    ...connectionIds.map((id) => ({ kind: 'connection', id }) as const),
    { kind: 'whole', connectionIds },
  ];
}

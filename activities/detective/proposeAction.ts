import { Action, type ActionCreate } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { ResizeCandidate } from '../remedies/findResizeCandidate.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

// Somebody was faster, or does not want actions: no reason to fail a poll.
const FINE = new Set([
  'action_open_for_resource',
  'connection_read_only',
  'unsupported',
  'anomaly_not_found',
]);

/**
 * Proposes a remedy for a finding through the API. The idempotency key is the finding's, so a second run proposes
 * nothing new. Returns whether the proposal stands.
 */
export function createProposeAction({ api }: Pick<DetectiveDependencies, 'api'>) {
  return async (input: { anomalyId: string; candidate: ResizeCandidate }): Promise<boolean> => {
    const { candidate } = input;
    const body: ActionCreate = {
      kind: 'resize_instance',
      connectionId: candidate.connectionId,
      resourceId: candidate.resourceId,
      region: candidate.region,
      target: { instanceType: candidate.targetType },
      anomalyId: input.anomalyId,
      reason: candidate.reason,
    };
    try {
      await api.send({
        method: 'POST',
        path: '/api/v1/actions',
        body,
        idempotencyKey: `remedy:${input.anomalyId}`,
        reply: Action,
      });
      return true;
    } catch (error) {
      if (error instanceof CostGuardError && FINE.has(error.code)) return false;
      throw error;
    }
  };
}

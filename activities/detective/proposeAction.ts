import type { ResizeCandidate } from '../remedies/findResizeCandidate.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';
import { postProposal } from '../platform/postProposal.ts';

/**
 * Proposes a remedy for a finding through the API. The idempotency key is the finding's, so a second run proposes
 * nothing new. Returns whether the proposal stands.
 */
export function createProposeAction({ api }: Pick<DetectiveDependencies, 'api'>) {
  return ({ anomalyId, candidate }: { anomalyId: string; candidate: ResizeCandidate }) =>
    postProposal(
      api,
      {
        kind: 'resize_instance',
        connectionId: candidate.connectionId,
        resourceId: candidate.resourceId,
        region: candidate.region,
        target: { instanceType: candidate.targetType },
        anomalyId,
        reason: candidate.reason,
      },
      `remedy:${anomalyId}`,
    );
}

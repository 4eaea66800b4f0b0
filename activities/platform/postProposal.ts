import { Action, type ActionCreate } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { PlatformApi } from './platformApi.ts';

// Somebody was faster, does not want actions, or said no lately: no reason to fail a poll.
const FINE = new Set([
  'action_open_for_resource',
  'connection_read_only',
  'unsupported',
  'anomaly_not_found',
  'proposal_quiet',
]);

/** Proposes an action through the API; the same key proposes nothing new. Returns whether the proposal stands. */
export async function postProposal(
  api: PlatformApi,
  body: ActionCreate,
  idempotencyKey: string,
): Promise<boolean> {
  try {
    await api.send({
      method: 'POST',
      path: '/api/v1/actions',
      body,
      idempotencyKey,
      reply: Action,
    });
    return true;
  } catch (error) {
    if (error instanceof CostGuardError && FINE.has(error.code)) return false;
    throw error;
  }
}

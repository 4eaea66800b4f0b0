import { temporalUiUrl } from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';
import type { Action } from '../../core/contracts/action.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';

/** An action with the address of its history in the Temporal Web UI. */
export function toAction(stored: StoredAction, env: Env): Action {
  const { workflowRunId, ...action } = stored;
  const workflow = `${temporalUiUrl(env)}/namespaces/${encodeURIComponent(env.TEMPORAL_NAMESPACE)}/workflows/${encodeURIComponent(action.workflowId)}`;
  return {
    ...action,
    temporalUrl: workflowRunId === null ? workflow : `${workflow}/${workflowRunId}/history`,
  };
}

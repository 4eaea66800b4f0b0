import { LimitKeyCreate } from '../../../core/contracts/action.ts';
import type { Database } from '../../../db/connect.ts';
import { isProposedFor } from '../../../db/queries/actions/isProposedFor.ts';
import type { PlatformApi } from '../../platform/platformApi.ts';
import { postProposal } from '../../platform/postProposal.ts';

/** A finding that names a key, as the judge of language models' use tells it. */
export interface KeyFinding {
  anomalyId: string;
  connectionId: string;
  /** Empty where the provider names no key, such as for use in Anthropic's Workbench. */
  apiKeyId: string;
  /** Project or workspace; empty for Anthropic's default workspace. */
  projectId: string;
}

/**
 * Proposes to limit the key of a finding, once for each finding and key: what a person rejected is not proposed again.
 * Returns whether it was proposed now. Nothing is proposed where the finding names no key, or none that can be addressed,
 * or where the connection does not allow actions.
 *
 * @throws CostGuardError as `PlatformApi.send`
 */
export async function proposeKeyLimit(
  { api, db }: { api: PlatformApi; db: Database },
  { anomalyId, connectionId, apiKeyId, projectId }: KeyFinding,
): Promise<boolean> {
  const create = LimitKeyCreate.safeParse({
    kind: 'limit_api_key',
    connectionId,
    resourceId: apiKeyId,
    ...(projectId !== '' && { projectId }),
    anomalyId,
    reason: 'The finding names this key as the one that spends.',
  });
  if (!create.success || (await isProposedFor(db, anomalyId, apiKeyId))) return false;
  return postProposal(api, create.data, `key-limit:${anomalyId}:${apiKeyId}`);
}

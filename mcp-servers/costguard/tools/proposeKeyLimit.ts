import { proposeKeyLimitContract } from '../../../core/mcp/platform/proposeKeyLimit.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';
import { sendProposal } from '../sendProposal.ts';

/** `propose_key_limit`. */
export const createProposeKeyLimit = (platform: Platform): Tool =>
  defineTool(
    proposeKeyLimitContract,
    ({ idempotencyKey, ResourceId, SubAccountId, ...input }, call) =>
      sendProposal(
        platform,
        {
          ...input,
          kind: 'limit_api_key',
          resourceId: ResourceId,
          ...(SubAccountId !== undefined && { projectId: SubAccountId }),
        },
        idempotencyKey,
        call,
      ),
    { scopes: ['mcp:read', 'actions:propose'], writes: true },
  );

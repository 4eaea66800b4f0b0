import { proposeActionContract } from '../../../core/mcp/platform/proposeAction.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';
import { sendProposal } from '../sendProposal.ts';

/** `propose_action`: it and `propose_key_limit` are the only tools that write. */
export const createProposeAction = (platform: Platform): Tool =>
  defineTool(
    proposeActionContract,
    async ({ idempotencyKey, ResourceId, RegionId, instanceType, ...input }, call) => ({
      ...(await sendProposal(
        platform,
        { ...input, resourceId: ResourceId, region: RegionId, target: { instanceType } },
        idempotencyKey,
        call,
      )),
      kind: input.kind,
      instanceType,
    }),
    { scopes: ['mcp:read', 'actions:propose'], writes: true },
  );

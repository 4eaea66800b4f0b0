import type { z } from 'zod';
import type { ActionCreate } from '../../../core/contracts/action.ts';
import { proposeActionContract } from '../../../core/mcp/platform/proposeAction.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';
import { sendProposal } from '../sendProposal.ts';

/** `propose_action`: it and `propose_key_limit` are the only tools that write. */
export const createProposeAction = (platform: Platform): Tool =>
  defineTool(
    proposeActionContract,
    async ({ idempotencyKey, ...input }, call) => ({
      ...(await sendProposal(platform, toProposal(input), idempotencyKey, call)),
      kind: input.kind,
      instanceType: input.instanceType ?? null,
    }),
    { scopes: ['mcp:read', 'actions:propose'], writes: true },
  );

function toProposal({
  ResourceId,
  RegionId,
  instanceType,
  ...input
}: Omit<z.output<typeof proposeActionContract.input>, 'idempotencyKey'>): ActionCreate {
  const resource = { resourceId: ResourceId, region: RegionId };
  const { kind, ...why } = input;
  if (kind !== 'resize_instance') return { ...why, ...resource, kind };
  // Its absence was refused with the arguments.
  return { ...why, ...resource, kind, target: { instanceType: instanceType ?? '' } };
}

import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../core/canonicalJson.ts';
import { Action, type ActionCreate } from '../../../core/contracts/action.ts';
import { proposeActionContract } from '../../../core/mcp/platform/proposeAction.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';

/** `propose_action`: the only tool that writes. The API remembers its key for a day, for each caller. */
export const createProposeAction = ({ api, links }: Platform): Tool =>
  defineTool(
    proposeActionContract,
    async ({ idempotencyKey, ResourceId, RegionId, instanceType, ...input }, call) => {
      const body: ActionCreate = {
        ...input,
        resourceId: ResourceId,
        region: RegionId,
        target: { instanceType },
      };
      const action = await api.ask(
        {
          method: 'POST',
          path: '/api/v1/actions',
          body,
          idempotencyKey: `mcp:${idempotencyKey ?? hashOf(body)}`,
          scope: 'actions:propose',
          reply: Action,
        },
        call,
      );
      const link = links.action(action.id);
      return {
        actionId: action.id,
        kind: action.kind,
        ResourceId: action.resourceId,
        instanceType: action.target.instanceType,
        proposedBy: action.proposedBy,
        expiresAt: action.expiresAt,
        link,
        nextStep: `Nothing is changed yet. Its plan is made within seconds (get_action shows plan and state); then a person who may approve, other than ${action.proposedBy}, decides at ${link}.`,
      };
    },
    { scopes: ['mcp:read', 'actions:propose'], writes: true },
  );

const hashOf = (body: ActionCreate): string =>
  createHash('sha256').update(canonicalJson(body)).digest('base64url');

import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/canonicalJson.ts';
import { Action, type ActionCreate } from '../../core/contracts/action.ts';
import type { ToolCall } from '../kit/defineTool.ts';
import type { Platform } from './platform.ts';

/**
 * Sends a proposal to the API, which remembers its key for a day, for each caller: without one, equal proposals are one.
 * Returns what a proposing tool answers about any action.
 */
export async function sendProposal(
  { api, links }: Platform,
  body: ActionCreate,
  idempotencyKey: string | undefined,
  call: ToolCall,
) {
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
    ResourceId: action.resourceId,
    proposedBy: action.proposedBy,
    expiresAt: action.expiresAt,
    link,
    nextStep: `Nothing is changed yet. Its plan is made within seconds (get_action shows plan and state); then a person who may approve, other than ${action.proposedBy}, decides at ${link}.`,
  };
}

const hashOf = (body: ActionCreate): string =>
  createHash('sha256').update(canonicalJson(body)).digest('base64url');

import { ActionPage } from '../../../core/contracts/action.ts';
import { listActionsContract } from '../../../core/mcp/platform/listActions.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';
import { toActionFields } from './toActionFields.ts';
import { toListPart } from './toListPart.ts';

/** `list_actions`. */
export const createListActions = ({ api, links }: Platform): Tool =>
  defineTool(
    listActionsContract,
    async (query, call) => {
      const page = await api.ask(
        { path: '/api/v1/actions', query, scope: 'actions:read', reply: ActionPage },
        call,
      );
      return {
        rows: page.items.map((action) => toActionFields(action, links)),
        ...toListPart(page, 'No action matches. propose_action proposes one.'),
      };
    },
    { scopes: ['mcp:read', 'actions:read'] },
  );

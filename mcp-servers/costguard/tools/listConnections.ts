import { ConnectionPage } from '../../../core/contracts/connection.ts';
import { listConnectionsContract } from '../../../core/mcp/platform/listConnections.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';
import { toListPart } from './toListPart.ts';

/** `list_connections`. */
export const createListConnections = ({ api }: Platform): Tool =>
  defineTool(
    listConnectionsContract,
    async ({ x_Provider: provider, ...rest }, call) => {
      const query = { ...rest, provider };
      const page = await api.ask(
        { path: '/api/v1/connections', query, scope: 'connections:read', reply: ConnectionPage },
        call,
      );
      return {
        rows: page.items.map(
          ({ id, health, usageHealth, provider: x_Provider, ...connection }) => ({
            ...connection,
            connectionId: id,
            x_Provider,
            health: health.status,
            healthSince: health.since,
            healthCode: health.code,
            toDo: health.detail,
            usageHealth: usageHealth?.status ?? null,
            usageToDo: usageHealth?.detail ?? null,
          }),
        ),
        ...toListPart(page, 'No connection matches; an admin adds them in the dashboard.'),
      };
    },
    { scopes: ['mcp:read', 'connections:read'] },
  );

import { AnomalyPage } from '../../../core/contracts/anomaly.ts';
import { listAnomaliesContract } from '../../../core/mcp/platform/listAnomalies.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';
import { toAnomalyFields } from './toAnomalyFields.ts';
import { toListPart } from './toListPart.ts';

/** `list_anomalies`. */
export const createListAnomalies = ({ api, links }: Platform): Tool =>
  defineTool(
    listAnomaliesContract,
    async (query, call) => {
      const page = await api.ask(
        { path: '/api/v1/anomalies', query, scope: 'anomalies:read', reply: AnomalyPage },
        call,
      );
      return {
        rows: page.items.map((anomaly) => toAnomalyFields(anomaly, links)),
        ...toListPart(
          page,
          'No anomaly matches. list_connections says whether the costs are up to date.',
        ),
      };
    },
    { scopes: ['mcp:read', 'anomalies:read'] },
  );

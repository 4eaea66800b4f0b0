import { z } from 'zod';
import { explainAnomalyContract } from '../../../core/mcp/platform/explainAnomaly.ts';
import type { ResourceTemplate } from '../../kit/resource.ts';
import type { Platform } from '../platform.ts';
import { readExplanation } from '../readExplanation.ts';

const AnomalyId = z.uuid().toLowerCase();

/** What `explain_anomaly` answers, to be attached to a conversation. */
export const anomalyResource = (platform: Platform): ResourceTemplate => ({
  name: 'anomaly',
  uriTemplate: 'costguard://anomalies/{id}',
  title: 'An anomaly',
  description: 'All that is known of one anomaly, as explain_anomaly answers it.',
  mimeType: 'application/json',
  scopes: ['mcp:read', 'anomalies:read', 'actions:read'],
  read: async ({ id }, call) => {
    const anomalyId = AnomalyId.safeParse(id);
    if (!anomalyId.success) return undefined;
    const explanation = await readExplanation(platform, anomalyId.data, call);
    return JSON.stringify(explainAnomalyContract.output.parse(explanation), null, 2);
  },
});

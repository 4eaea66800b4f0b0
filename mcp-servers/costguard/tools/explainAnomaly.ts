import { explainAnomalyContract } from '../../../core/mcp/platform/explainAnomaly.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';
import { readExplanation } from '../readExplanation.ts';

/** `explain_anomaly`. */
export const createExplainAnomaly = (platform: Platform): Tool =>
  defineTool(
    explainAnomalyContract,
    ({ anomalyId }, call) => readExplanation(platform, anomalyId, call),
    { scopes: ['mcp:read', 'anomalies:read', 'actions:read'] },
  );

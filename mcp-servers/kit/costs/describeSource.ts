import { describeSourceContract } from '../../../core/mcp/describeSource.ts';
import { TOOL_CONTRACT_VERSION } from '../../../core/mcp/toolContract.ts';
import { TOOL_CALL_TIMEOUT_MS } from '../runCall.ts';
import { CALLS_PER_TOOL_CALL } from '../callMeter.ts';
import { defineTool, type Tool } from '../defineTool.ts';
import type { CostSource } from './costSource.ts';

/** `describe_source`: what is known without asking the provider, so it is free. */
export function createDescribeSource(source: CostSource): Tool {
  return defineTool(describeSourceContract, () => {
    const { provider, dimensions, metrics, granularities, restatementDays, ...profile } =
      source.profile();
    return Promise.resolve({
      contractVersion: TOOL_CONTRACT_VERSION,
      provider,
      connections: source.connections(),
      dimensions,
      metrics,
      granularities,
      restatementDays,
      limits: {
        groupByMax: 2,
        rowsPerPageMax: 1000,
        toolCallTimeoutMs: TOOL_CALL_TIMEOUT_MS,
        ...profile.limits,
      },
      price: {
        usdPerRequest: profile.usdPerRequest,
        requestsPerDay: source.budget.perDay,
        requestsPerCall: CALLS_PER_TOOL_CALL,
        resetsAt: source.budget.resetsAt().toISOString(),
      },
      notes: [...profile.notes],
    });
  });
}

import {
  describeSourceContract,
  type DescribeSourceOutput,
} from '../../core/mcp/describeSource.ts';
import { TOOL_CONTRACT_VERSION } from '../../core/mcp/toolContract.ts';
import type { ToolErrorMeta } from '../../core/mcp/toolError.ts';
import { CALLS_PER_TOOL_CALL } from '../kit/callMeter.ts';
import { TOOL_CALL_TIMEOUT_MS } from '../kit/answerCall.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import { DEFAULT_CONNECTION, type AwsSource } from './awsSource.ts';
import { monthsBefore, toDay } from './days.ts';
import { AWS_DIMENSIONS } from './dimensions.ts';
import { AWS_METRICS, type AwsMetric } from './metrics.ts';
import { RESOURCE_DAYS } from './getResourceCosts.ts';
import { ANOMALY_DAYS } from './listProviderAnomalies.ts';
import { USD_PER_REQUEST } from './paidCalls.ts';
import { RESTATEMENT_DAYS } from './freshness.ts';
import { RETENTION } from './toCostRequest.ts';

const DAY_MS = 86_400_000;

/** `describe_source`: what is known without asking AWS, so it is free. */
export function createDescribeSource(source: AwsSource, now: () => Date): Tool {
  return defineTool(describeSourceContract, () =>
    Promise.resolve({
      contractVersion: TOOL_CONTRACT_VERSION,
      provider: 'AWS',
      connections: connections(source),
      dimensions: DIMENSIONS,
      metrics: (Object.keys(AWS_METRICS) as AwsMetric[]).map((name) => ({
        name,
        source: AWS_METRICS[name],
      })),
      granularities: granularities(now()),
      restatementDays: RESTATEMENT_DAYS,
      limits: {
        groupByMax: 2,
        rowsPerPageMax: 1000,
        toolCallTimeoutMs: TOOL_CALL_TIMEOUT_MS,
        resourceRetentionDays: RESOURCE_DAYS,
        anomalyRetentionDays: ANOMALY_DAYS,
      },
      price: {
        usdPerRequest: USD_PER_REQUEST,
        requestsPerDay: source.budget.perDay,
        requestsPerCall: CALLS_PER_TOOL_CALL,
        resetsAt: source.budget.resetsAt().toISOString(),
      },
      notes: NOTES,
    }),
  );
}

const DIMENSIONS: DescribeSourceOutput['dimensions'] = [
  ...Object.entries(AWS_DIMENSIONS).map(([name, { write }]) => ({
    name,
    groupBy: true,
    filter: write !== undefined,
    ...(name === 'ServiceCategory' ? { derivedFrom: 'ServiceName' } : {}),
  })),
  { name: 'Tags:<key>', groupBy: true, filter: true },
];

const NOTES = [
  'This server reads the one AWS account of its own environment (default credential chain). Any connectionId is accepted; it keeps cache and budget apart.',
  'Cost Explorer groups by two dimensions at most. Grouped by ServiceName and SkuMeter (the usage type), rows also carry RegionId, which follows from the usage type.',
  'ListCost and ContractedCost do not exist here. EffectiveCost is AmortizedCost. ConsumedQuantity needs SkuMeter in groupBy.',
  'HOUR must be switched on in the Cost Explorer settings of the account, which AWS charges for.',
];

function granularities(now: Date): DescribeSourceOutput['granularities'] {
  const today = toDay(now);
  const days = (Date.parse(today) - Date.parse(monthsBefore(today, RETENTION.months))) / DAY_MS;
  return [
    { name: 'HOUR', retentionDays: RETENTION.hourDays },
    ...['DAY', 'MONTH', 'TOTAL'].map((name) => ({ name, retentionDays: days })),
  ];
}

function connections(source: AwsSource): DescribeSourceOutput['connections'] {
  const states = source.health();
  return [...new Set([DEFAULT_CONNECTION, ...states.keys()])].slice(0, 50).map((connectionId) => ({
    connectionId,
    label: 'AWS account of this server’s environment',
    ...toHealth(states.get(connectionId)),
    budgetLeft: source.budget.left(connectionId),
  }));
}

type Health = Pick<
  DescribeSourceOutput['connections'][number],
  'health' | 'error' | 'missingPermissions'
>;

function toHealth(state: ToolErrorMeta | 'ok' | undefined): Health {
  if (state === undefined || state === 'ok') {
    return { health: state ?? 'unknown', missingPermissions: [] };
  }
  const { code, permission } = state;
  return {
    health: 'failed',
    error: code,
    missingPermissions: permission === undefined ? [] : [permission],
  };
}

import type { Period } from '../../core/mcp/period.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import { clipPeriod } from '../kit/costs/clipPeriod.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import { AZURE_DIMENSIONS, findGrouping, type AzureGrouping } from './dimensions.ts';
import { toAzureMetrics, type AzureMetric, type ChargeType } from './metrics.ts';
import { DAILY_DAYS_MAX, MONTHS_MAX, RETENTION_MONTHS } from './retention.ts';
import type { Scope } from './scopes.ts';
import { toQueryFilter, type AzureFilter } from './toQueryFilter.ts';

/** One request of the Query API, for any scope. */
export interface CostRequest {
  type: ChargeType;
  /** The part of the period that it is about, which the API may answer in one piece. */
  window: Period;
  span: 'DAY' | 'MONTH' | 'TOTAL';
  groupings: readonly AzureGrouping[];
  filter?: AzureFilter;
  /** Ask for the quantity besides the cost. */
  withQuantity: boolean;
}

/** What a question comes to. */
export interface CostPlan {
  /** The period that is answered: asked for, but not beyond today. */
  period: Period;
  metrics: readonly AzureMetric[];
  requests: readonly CostRequest[];
}

const UNIT: AzureGrouping = { type: 'Dimension', name: 'UnitOfMeasure' };

/**
 * The requests for a question, the same for each scope: one for each kind of charges and each window. Equal questions give
 * equal requests, so that one answer serves both.
 *
 * @throws ToolError `INVALID_ARGUMENT` or `UNSUPPORTED` for what Azure would refuse or answer wrongly, before it is asked
 */
export function toCostRequests(
  question: CostQuestion,
  scopes: readonly Scope[],
  now: Date,
): CostPlan {
  const { granularity } = question;
  if (granularity === 'HOUR') {
    throw new ToolError('UNSUPPORTED', 'Azure’s Query API has no hours. Ask for DAY.', {
      field: 'granularity',
    });
  }
  const period = clipPeriod(question.period, {
    oldest: addMonths(utcDay(now), -RETENTION_MONTHS),
    keeps: `Azure is asked for ${RETENTION_MONTHS} months and the current one`,
    now,
  });
  const metrics = toAzureMetrics(question.metrics, question.groupBy);
  const withQuantity = metrics.includes('ConsumedQuantity');
  const groupings = toGroupings(question, scopes);
  const types: ChargeType[] = [
    ...(withQuantity || metrics.includes('BilledCost') ? ['ActualCost' as const] : []),
    ...(metrics.includes('EffectiveCost') ? ['AmortizedCost' as const] : []),
  ];
  const shared = {
    span: granularity,
    groupings: withQuantity ? [...groupings, UNIT] : groupings,
    ...(question.filter ? { filter: toQueryFilter(question.filter) } : {}),
  };
  const windows = toWindows(period, granularity);
  return {
    period,
    metrics,
    requests: types.flatMap((type) =>
      windows.map((window) => ({
        ...shared,
        type,
        window,
        withQuantity: withQuantity && type === 'ActualCost',
      })),
    ),
  };
}

function toGroupings(
  { groupBy, byResource = false }: CostQuestion,
  scopes: readonly Scope[],
): AzureGrouping[] {
  const dimensions = byResource ? ['ResourceId'] : groupBy;
  if (dimensions.includes('ResourceId')) assertKnowsResources(scopes, byResource);
  if (dimensions.filter((name) => name.startsWith('Tags:')).length > 1) {
    throw new ToolError('UNSUPPORTED', 'Azure’s Query API groups by one tag at a time.', {
      field: 'groupBy',
    });
  }
  const groupings = dimensions.map((dimension) => {
    const grouping = findGrouping(dimension);
    if (!grouping) {
      throw new ToolError(
        'UNSUPPORTED',
        `Azure’s Query API cannot group by ${dimension}. Group by ${Object.keys(AZURE_DIMENSIONS).join(', ')} or Tags:<key>.`,
        { field: 'groupBy' },
      );
    }
    return grouping;
  });
  // Two FOCUS columns can be read from one dimension there, such as a service and its category.
  return groupings.filter(
    ({ type, name }, i) => groupings.findIndex((g) => g.type === type && g.name === name) === i,
  );
}

/** Azure answers for resources at subscriptions and resource groups only. */
function assertKnowsResources(scopes: readonly Scope[], byResource: boolean): void {
  const higher = scopes.find(({ kind }) => kind === 'managementGroup' || kind === 'billing');
  if (!higher) return;
  throw new ToolError(
    'UNSUPPORTED',
    `Azure tells resources apart for subscriptions and resource groups only, and this server reads ${higher.path}. Have an operator name the subscriptions in AZURE_COST_SCOPES, or group query_costs by x_ResourceGroup or SkuMeter.`,
    byResource ? {} : { field: 'groupBy' },
  );
}

/** The period in pieces that Azure answers whole. */
function toWindows(period: Period, granularity: 'DAY' | 'MONTH' | 'TOTAL'): Period[] {
  const windows: Period[] = [];
  for (let { start } = period; start < period.end;) {
    const after =
      granularity === 'DAY' ? addDays(start, DAILY_DAYS_MAX) : addMonths(start, MONTHS_MAX);
    const end = after < period.end ? after : period.end;
    windows.push({ start, end });
    start = end;
  }
  return windows;
}

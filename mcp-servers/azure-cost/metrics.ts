import type { Metric } from '../../core/mcp/metric.ts';
import { ToolError } from '../../core/mcp/toolError.ts';

/** The charges that a request of the Query API is about. */
export type ChargeType = 'ActualCost' | 'AmortizedCost';

/**
 * What the Query API calls each FOCUS metric that it has. `Cost` is the amount in the billing currency, which every
 * agreement has; PreTaxCost is its older name and is equal to it where both exist, for the Query API shows no taxes of
 * usage. Actual costs show a reservation when it is bought, amortised ones when it is used.
 *
 * @see https://learn.microsoft.com/azure/cost-management-billing/costs/customize-cost-analysis-views (actual and amortized)
 */
export const AZURE_METRICS = {
  BilledCost: 'ActualCost Cost',
  EffectiveCost: 'AmortizedCost Cost',
  ConsumedQuantity: 'ActualCost UsageQuantity',
} as const satisfies Partial<Record<Metric, string>>;

/** A FOCUS metric that the Query API has. */
export type AzureMetric = keyof typeof AZURE_METRICS;

const isAzureMetric = (metric: Metric): metric is AzureMetric =>
  Object.hasOwn(AZURE_METRICS, metric);

/** The metrics as the Query API's. @throws ToolError `UNSUPPORTED` or `INVALID_ARGUMENT` for those that it cannot give */
export function toAzureMetrics(
  metrics: readonly Metric[],
  groupBy: readonly string[],
): AzureMetric[] {
  return metrics.map((metric) => {
    if (!isAzureMetric(metric)) {
      throw new ToolError(
        'UNSUPPORTED',
        `Azure’s Query API has no ${metric}. Ask for ${Object.keys(AZURE_METRICS).join(', ')}.`,
        { field: 'metrics' },
      );
    }
    // It groups by two dimensions at most, and one of them has to be the unit.
    if (metric === 'ConsumedQuantity' && (groupBy.length !== 1 || groupBy[0] !== 'SkuMeter')) {
      throw new ToolError(
        'INVALID_ARGUMENT',
        'Quantities of different meters have different units, and Azure would add them up regardless. Group by SkuMeter alone to get ConsumedQuantity.',
        { field: 'groupBy' },
      );
    }
    return metric;
  });
}

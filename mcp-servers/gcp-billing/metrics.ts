import type { Metric } from '../../core/mcp/metric.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { ExportTable } from './exportTable.ts';

/**
 * What each FOCUS metric that the export has is made of. `EffectiveCost` is `BilledCost`: the export spreads committed use
 * over the usage that it covers by itself, as fees and credits, and has no second view of it.
 *
 * @see https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/standard-usage (cost, credits, cost_at_list)
 */
export const GCP_METRICS = {
  BilledCost: 'cost + credits',
  EffectiveCost: 'cost + credits',
  ListCost: 'cost_at_list',
  ConsumedQuantity: 'usage.amount in usage.unit',
} as const satisfies Partial<Record<Metric, string>>;

/** A FOCUS metric that the export has. */
export type GcpMetric = keyof typeof GCP_METRICS;

const isGcpMetric = (metric: Metric): metric is GcpMetric => Object.hasOwn(GCP_METRICS, metric);
const ONE_METER = ['SkuId', 'SkuMeter', 'x_SkuRegion'];

/**
 * The metrics as the export's.
 *
 * @throws ToolError `UNSUPPORTED` for those that it does not have, `INVALID_ARGUMENT` for quantities across meters
 */
export function toGcpMetrics(
  metrics: readonly Metric[],
  groupBy: readonly string[],
  { hasListCost }: Pick<ExportTable, 'hasListCost'>,
): GcpMetric[] {
  return metrics.map((metric) => {
    if (!isGcpMetric(metric) || (metric === 'ListCost' && !hasListCost)) {
      throw new ToolError(
        'UNSUPPORTED',
        `The billing export has no ${metric}. Ask for BilledCost, EffectiveCost${hasListCost ? ', ListCost' : ''} or ConsumedQuantity.`,
        { field: 'metrics' },
      );
    }
    if (metric === 'ConsumedQuantity' && !groupBy.some((name) => ONE_METER.includes(name))) {
      throw new ToolError(
        'INVALID_ARGUMENT',
        'Quantities of different meters have different units and cannot be added up. Put SkuId or SkuMeter into groupBy to get ConsumedQuantity.',
        { field: 'groupBy' },
      );
    }
    return metric;
  });
}

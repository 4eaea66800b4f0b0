import type { Metric } from '../../core/mcp/metric.ts';
import { ToolError } from '../../core/mcp/toolError.ts';

/**
 * Cost Explorer's metric for each FOCUS metric that it has. `EffectiveCost` is AmortizedCost, the pair of UnblendedCost:
 * both show negotiated discounts as charges of their own, so their totals agree with the invoice, and both are open to
 * member accounts. The Net… metrics spread the discounts over the charges and need the management account's permission.
 *
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/ce-advanced.html
 */
export const AWS_METRICS = {
  BilledCost: 'UnblendedCost',
  EffectiveCost: 'AmortizedCost',
  ConsumedQuantity: 'UsageQuantity',
} as const satisfies Partial<Record<Metric, string>>;

/** A FOCUS metric that Cost Explorer has. */
export type AwsMetric = keyof typeof AWS_METRICS;

const isAwsMetric = (metric: Metric): metric is AwsMetric => Object.hasOwn(AWS_METRICS, metric);

/** The metrics as Cost Explorer's. @throws ToolError `UNSUPPORTED` for those that it does not have */
export function toAwsMetrics(metrics: readonly Metric[], groupBy: readonly string[]): AwsMetric[] {
  return metrics.map((metric) => {
    if (!isAwsMetric(metric)) {
      throw new ToolError(
        'UNSUPPORTED',
        `AWS Cost Explorer has no ${metric}. Ask for ${Object.keys(AWS_METRICS).join(', ')}.`,
        { field: 'metrics' },
      );
    }
    if (metric === 'ConsumedQuantity' && !groupBy.includes('SkuMeter')) {
      throw new ToolError(
        'INVALID_ARGUMENT',
        'Quantities of different meters have different units, and Cost Explorer would add them up regardless. Put SkuMeter into groupBy to get ConsumedQuantity.',
        { field: 'groupBy' },
      );
    }
    return metric;
  });
}

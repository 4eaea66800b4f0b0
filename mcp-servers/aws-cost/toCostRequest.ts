import type { GetCostAndUsageCommandInput, GroupDefinition } from '@aws-sdk/client-cost-explorer';
import type { Period } from '../../core/mcp/period.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import { clipPeriod } from '../kit/costs/clipPeriod.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import { AWS_DIMENSIONS, findGroupDefinition } from './dimensions.ts';
import { AWS_METRICS, toAwsMetrics, type AwsMetric } from './metrics.ts';
import { HOUR_DAYS, RETENTION_MONTHS } from './retention.ts';
import { toExpression } from './toExpression.ts';

/** One query as Cost Explorer is asked for it. */
export interface CostRequest {
  request: GetCostAndUsageCommandInput;
  /** The metrics that it asks for; costs are always among them, since a quantity by itself names no currency. */
  metrics: readonly AwsMetric[];
  /** Length of the spans that it answers in. */
  span: 'HOUR' | 'DAY' | 'MONTH';
  /** Ask the operation that knows resources. */
  withResources?: boolean;
  /** The period that is answered: asked for, but not beyond today. */
  period: Period;
}

// Cost Explorer has no total: months are added up.
const SPAN = { HOUR: 'HOUR', DAY: 'DAY', MONTH: 'MONTH', TOTAL: 'MONTH' } as const;
const GRANULARITY = { HOUR: 'HOURLY', DAY: 'DAILY', MONTH: 'MONTHLY' } as const;

/**
 * The Cost Explorer request for a query. Equal queries give equal requests, so that one answer serves both.
 *
 * @throws ToolError `INVALID_ARGUMENT` or `UNSUPPORTED` for what Cost Explorer would refuse, before it costs anything
 */
export function toCostRequest(input: CostQuestion, now: Date): CostRequest {
  const period = clip(input, now);
  const asked = toAwsMetrics(input.metrics, input.groupBy);
  const metrics = [...new Set<AwsMetric>(['BilledCost', ...asked])];
  const span = SPAN[input.granularity];
  const suffix = input.granularity === 'HOUR' ? 'T00:00:00Z' : '';
  const groups = toGroups(input.groupBy);
  return {
    period,
    metrics,
    span,
    request: {
      TimePeriod: { Start: period.start + suffix, End: period.end + suffix },
      Granularity: GRANULARITY[span],
      Metrics: metrics.map((metric) => AWS_METRICS[metric]).sort(),
      ...(groups.length > 0 ? { GroupBy: groups } : {}),
      ...(input.filter ? { Filter: toExpression(input.filter) } : {}),
    },
  };
}

function toGroups(groupBy: readonly string[]): GroupDefinition[] {
  const groups = groupBy.map((dimension) => {
    const group = findGroupDefinition(dimension);
    if (!group || dimension === 'ResourceId') {
      throw new ToolError(
        'UNSUPPORTED',
        `AWS Cost Explorer cannot group by ${dimension} here. Group by ${Object.keys(AWS_DIMENSIONS).join(', ')} or Tags:<key>; for resources call get_resource_costs.`,
        { field: 'groupBy' },
      );
    }
    return group;
  });
  // Two FOCUS columns can be read from one dimension of Cost Explorer, such as a service and its category.
  return groups.filter(
    (group, i) => groups.findIndex((g) => g.Type === group.Type && g.Key === group.Key) === i,
  );
}

function clip({ period, granularity }: CostQuestion, now: Date): Period {
  const today = utcDay(now);
  return granularity === 'HOUR'
    ? clipPeriod(period, {
        oldest: addDays(today, -HOUR_DAYS),
        keeps: `Cost Explorer keeps hours for ${HOUR_DAYS} days`,
        now,
      })
    : clipPeriod(period, {
        oldest: addMonths(today, -RETENTION_MONTHS),
        keeps: `Cost Explorer keeps costs for ${RETENTION_MONTHS} months and the current one`,
        now,
      });
}

import type { CostFilter } from '../../core/mcp/costFilter.ts';
import type { Metric } from '../../core/mcp/metric.ts';
import type { Period } from '../../core/mcp/period.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { utcDay } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import { clipPeriod } from '../kit/costs/clipPeriod.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import { filterDimensions } from './filterDimensions.ts';
import type { BucketWidth, LlmProvider, ReportName, ReportQuery } from './llmProvider.ts';
import { minuteSpan } from './minuteSpan.ts';
import { RETENTION_MONTHS } from './retention.ts';

/** A question as a report is asked for it, with the days that it answers. */
export interface PlannedQuery extends ReportQuery {
  period: Period;
}

/**
 * The report that answers a question. Costs stand in the cost report, which has days; quantities in the usage report,
 * which has minutes. One does not know what the other does, and nothing is estimated from the other.
 *
 * @throws ToolError `UNSUPPORTED` or `INVALID_ARGUMENT` for what no report answers, before anything is asked
 */
export function toReportQuery(
  question: CostQuestion,
  provider: LlmProvider,
  now: Date,
): PlannedQuery {
  const { groupBy, filter, granularity, byResource = false } = question;
  const named = [...new Set([...groupBy, ...filterDimensions(filter)])];
  const report = reportOf(question.metrics, named);
  checkMetrics(question, report, provider);
  if (byResource) checkResources(provider);
  const dimensions = byResource ? [...new Set([...named, 'x_ApiKeyId'])] : named;
  checkDimensions(dimensions, report, provider);
  const period = clipPeriod(question.period, {
    oldest: addMonths(utcDay(now), -RETENTION_MONTHS),
    keeps: `This server asks for the last ${RETENTION_MONTHS} months and the current one`,
    now,
  });
  const width = widthOf(granularity, named.includes('x_Minute'), report);
  return { report, width, dimensions, filter, period, ...spanOf(period, width, filter) };
}

function reportOf(metrics: readonly Metric[], named: readonly string[]): ReportName {
  return metrics.some((metric) => metric !== 'ConsumedQuantity') || named.includes('SkuMeter')
    ? 'costs'
    : 'usage';
}

function checkMetrics(
  { metrics, groupBy }: CostQuestion,
  report: ReportName,
  { name, hasBilledQuantity }: LlmProvider,
): void {
  const unknown = metrics.find((metric) => !['BilledCost', 'ConsumedQuantity'].includes(metric));
  if (unknown !== undefined) {
    throw new ToolError(
      'UNSUPPORTED',
      `${name} reports no ${unknown}. Ask for BilledCost or ConsumedQuantity.`,
      { field: 'metrics' },
    );
  }
  if (report === 'usage' || !metrics.includes('ConsumedQuantity')) return;
  if (!hasBilledQuantity) {
    throw new ToolError(
      'UNSUPPORTED',
      `${name}'s cost report has no quantities. Ask for BilledCost by itself, and for ConsumedQuantity by itself, grouped by x_Model and without SkuMeter.`,
      { field: 'metrics' },
    );
  }
  if (!groupBy.includes('SkuMeter')) {
    throw new ToolError(
      'UNSUPPORTED',
      `${name} tells billed quantities for each line item only. Put SkuMeter into groupBy, or ask for ConsumedQuantity by itself.`,
      { field: 'groupBy' },
    );
  }
}

function checkResources({ name, apiKeys }: LlmProvider): void {
  if (apiKeys) return;
  throw new ToolError(
    'UNSUPPORTED',
    `${name}'s cost report does not tell API keys apart. Ask query_costs for BilledCost by SubAccountId, or for ConsumedQuantity by x_ApiKeyId.`,
  );
}

function checkDimensions(
  dimensions: readonly string[],
  report: ReportName,
  provider: LlmProvider,
): void {
  const known = provider.dimensions[report];
  const unknown = dimensions.find((dimension) => !Object.hasOwn(known, dimension));
  if (unknown === undefined) return;
  const other = report === 'costs' ? 'usage' : 'costs';
  const hint = Object.hasOwn(provider.dimensions[other], unknown)
    ? ` Its ${other === 'usage' ? 'usage report (metric ConsumedQuantity' : 'cost report (metric BilledCost'}, by itself) does.`
    : '';
  throw new ToolError(
    'UNSUPPORTED',
    `${provider.name}'s ${report === 'costs' ? 'cost' : 'usage'} report does not know ${unknown}.${hint} It knows ${Object.keys(known).join(', ')}.`,
    { field: 'groupBy' },
  );
}

function widthOf(
  granularity: CostQuestion['granularity'],
  byMinute: boolean,
  report: ReportName,
): BucketWidth {
  if (granularity === 'HOUR' && report === 'costs') {
    throw new ToolError(
      'UNSUPPORTED',
      'Cost reports have days, not hours. Ask for BilledCost by DAY, or for ConsumedQuantity by HOUR.',
      { field: 'granularity' },
    );
  }
  if (byMinute && granularity !== 'HOUR') {
    throw new ToolError('INVALID_ARGUMENT', 'x_Minute goes with the granularity HOUR only.', {
      field: 'granularity',
    });
  }
  if (byMinute) return '1m';
  return granularity === 'HOUR' ? '1h' : '1d';
}

function spanOf(
  { start, end }: Period,
  width: BucketWidth,
  filter: CostFilter | undefined,
): { from: string; to: string } {
  const whole = { from: `${start}T00:00:00Z`, to: `${end}T00:00:00Z` };
  return width === '1m' ? minuteSpan(filter, whole) : whole;
}

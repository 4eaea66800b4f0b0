import type { GetCostForecastCommandInput } from '@aws-sdk/client-cost-explorer';
import { ToolError } from '../../core/mcp/toolError.ts';
import { daysBetween, utcDay } from '../../core/time/day.ts';
import { addMonths, firstOfMonth } from '../../core/time/month.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import { FORECAST_DAYS, FORECAST_MONTHS } from './retention.ts';
import { toExpression } from './toExpression.ts';

/** A forecast as Cost Explorer is asked for it, and the FOCUS metric that it forecasts. */
export interface ForecastRequest {
  request: GetCostForecastCommandInput;
  metric: 'BilledCost' | 'EffectiveCost';
}

const METRIC = { BilledCost: 'UNBLENDED_COST', EffectiveCost: 'AMORTIZED_COST' } as const;

/** Share of outcomes that lie within the bounds, in percent. */
export const FORECAST_INTERVAL_PERCENT = 80;

/**
 * The forecast of a period that begins tomorrow or later. Cost Explorer wants the start not after today, so days before
 * the period come back too.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostForecast.html
 * @throws ToolError `UNSUPPORTED` or `INVALID_ARGUMENT` for what Cost Explorer does not forecast
 */
export function toForecastRequest(question: CostQuestion, now: Date): ForecastRequest {
  const { period, granularity, metrics, groupBy, filter } = question;
  const [metric, ...more] = metrics;
  if (groupBy.length > 0 || question.byResource === true) {
    throw refused('groupBy', 'AWS forecasts a total only; leave groupBy empty and use a filter.');
  }
  if (granularity === 'HOUR') throw refused('granularity', 'AWS forecasts days and months only.');
  if (more.length > 0 || (metric !== 'BilledCost' && metric !== 'EffectiveCost')) {
    throw refused('metrics', 'AWS forecasts one of BilledCost and EffectiveCost at a time.');
  }
  const today = utcDay(now);
  const byMonth = granularity === 'MONTH';
  assertAhead(question, today);
  return {
    metric,
    request: {
      TimePeriod: { Start: today, End: period.end },
      Granularity: byMonth ? 'MONTHLY' : 'DAILY',
      Metric: METRIC[metric],
      PredictionIntervalLevel: FORECAST_INTERVAL_PERCENT,
      ...(filter ? { Filter: toExpression(filter) } : {}),
    },
  };
}

function assertAhead({ period, granularity }: CostQuestion, today: string): void {
  if (granularity !== 'MONTH') {
    if (daysBetween(today, period.end) <= FORECAST_DAYS) return;
    throw invalid(
      'period.end',
      `AWS forecasts days for ${FORECAST_DAYS} days ahead; take granularity MONTH for more.`,
    );
  }
  if (period.start !== firstOfMonth(period.start) || period.end !== firstOfMonth(period.end)) {
    throw invalid('period', 'A forecast by month needs a period of whole months.');
  }
  if (period.end > addMonths(today, FORECAST_MONTHS)) {
    throw invalid('period.end', `AWS forecasts ${FORECAST_MONTHS} months ahead.`);
  }
}

const refused = (field: string, what: string): ToolError =>
  new ToolError('UNSUPPORTED', what, { field });

const invalid = (field: string, what: string): ToolError =>
  new ToolError('INVALID_ARGUMENT', what, { field });

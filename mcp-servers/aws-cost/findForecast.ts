import type { CostRow } from '../../core/mcp/costRow.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { utcDay } from '../../core/time/day.ts';
import type { Answer } from '../kit/answerCache.ts';
import { answerInvalid } from '../kit/answerInvalid.ts';
import type { CostQuestion, FoundCosts } from '../kit/costs/costSource.ts';
import { toSourceStatus, type ConnectionCall } from '../kit/costs/createAsk.ts';
import type { Forecast } from './readForecast.ts';
import {
  FORECAST_INTERVAL_PERCENT,
  toForecastRequest,
  type ForecastRequest,
} from './toForecastRequest.ts';

/** Asks Cost Explorer, or the cache. */
export type AskForecast = (
  request: ForecastRequest,
  call: ConnectionCall,
) => Promise<Answer<Forecast>>;

/**
 * What AWS itself expects a period to cost that begins tomorrow or later. Rows carry `x_Forecast`, and by day or month
 * `x_LowerBound` and `x_UpperBound`; a total has no bounds, since those of its days do not add up.
 */
export async function findForecast(
  question: CostQuestion,
  call: ConnectionCall,
  now: Date,
  ask: AskForecast,
): Promise<FoundCosts> {
  const request = toForecastRequest(question, now);
  const { value, asOf, stale } = await ask(request, call);
  return {
    rows: toRows(value, question, request),
    derivedColumns: [],
    period: question.period,
    provisionalFrom: question.period.start,
    asOf,
    sources: [toSourceStatus(call.connectionId, stale)],
    notes: [
      `This is AWS's own forecast as of ${utcDay(asOf)}, not costs; ${FORECAST_INTERVAL_PERCENT}% of outcomes are expected within the bounds.`,
    ],
  };
}

function toRows(
  forecast: Forecast,
  { period, granularity }: CostQuestion,
  { metric }: ForecastRequest,
): CostRow[] {
  const frame = {
    ProviderName: 'AWS',
    BillingCurrency: forecast.Total.Unit,
    x_Estimated: true,
    x_Forecast: true,
  };
  const inside = forecast.ForecastResultsByTime.filter(
    ({ TimePeriod }) => TimePeriod.Start >= period.start && TimePeriod.Start < period.end,
  );
  const [first] = inside;
  if (first?.TimePeriod.Start !== period.start || inside.at(-1)?.TimePeriod.End !== period.end) {
    throw answerInvalid('AWS forecast other dates than those asked for.');
  }
  if (granularity === 'TOTAL') {
    return [
      {
        ...frame,
        ChargePeriodStart: toInstant(period.start),
        ChargePeriodEnd: toInstant(period.end),
        [metric]: sumDecimals(inside.map(({ MeanValue }) => MeanValue)),
      },
    ];
  }
  return inside.map((result) => ({
    ...frame,
    ChargePeriodStart: toInstant(result.TimePeriod.Start),
    ChargePeriodEnd: toInstant(result.TimePeriod.End),
    [metric]: result.MeanValue,
    x_LowerBound: result.PredictionIntervalLowerBound ?? null,
    x_UpperBound: result.PredictionIntervalUpperBound ?? null,
  }));
}

const toInstant = (day: string): string => `${day}T00:00:00Z`;

import { AnomalySeries } from '../../core/contracts/anomaly.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { detectSeries } from '../../core/detection/detectSeries.ts';
import type { DayForecast } from '../../core/detection/series.ts';
import { toDecimalString } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import { type DailySeries, readDailySeries } from '../../db/queries/costs/readDailySeries.ts';
import { defineRoute } from '../http/route.ts';
import { getExistingAnomaly } from './getAnomaly.ts';

const DAYS_SHOWN = 60;
// A forecast has to know the weeks before it.
const DAYS_LEARNT = 340;

/** The series around a finding, one point a day, for its chart. */
export const getAnomalySeries = defineRoute({
  method: 'get',
  path: '/api/v1/anomalies/{id}/series',
  summary: 'Get the cost series around a finding with its expected interval',
  tag: 'Anomalies',
  access: { scope: 'anomalies:read' },
  params: IdParams,
  replies: { 200: AnomalySeries },
  errors: ['anomaly_not_found'],
  handle: async ({ params, db }) => {
    const anomaly = await getExistingAnomaly(db, params.id);
    const shownFrom = addDays(anomaly.startedOn, -DAYS_SHOWN);
    const [series] = await readDailySeries(db, {
      connectionId: anomaly.connectionId,
      from: addDays(shownFrom, -DAYS_LEARNT),
      series: anomaly,
    });
    if (series === undefined)
      return { status: 200, body: { currency: anomaly.currency, points: [] } };
    const toNumber = (day: DailySeries['days'][number]) => ({ ...day, cost: Number(day.cost) });
    const { forecasts } = detectSeries({
      series: series.days.map(toNumber),
      revisions: series.revisions.map(toNumber),
    });
    const expectedOn = new Map(forecasts.map((forecast) => [forecast.date, forecast]));
    const points = series.days
      .filter(({ date }) => date >= shownFrom)
      .map(({ date, cost }) => ({
        date,
        cost: toDecimalString(cost),
        ...toBand(expectedOn.get(date)),
        anomalous: date >= anomaly.startedOn && date <= anomaly.lastSeenOn,
      }));
    return { status: 200, body: { currency: anomaly.currency, points } };
  },
});

/** What was expected before the day was seen; statistics have no more than four decimals to say. */
function toBand(forecast: DayForecast | undefined) {
  if (forecast === undefined) return { expected: null, lower: null, upper: null };
  return {
    expected: forecast.expected.toFixed(4),
    lower: forecast.lower.toFixed(4),
    upper: forecast.upper.toFixed(4),
  };
}

import { type Anomaly, AnomalySeries, AnomalySeriesQuery } from '../../core/contracts/anomaly.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import type { SeriesKey } from '../../core/detective/connectionView.ts';
import { detectSeries } from '../../core/detection/detectSeries.ts';
import type { DayForecast } from '../../core/detection/series.ts';
import { toDecimalString } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import { readSeries } from '../../db/queries/costs/readSeries.ts';
import { defineRoute } from '../http/route.ts';
import { getExistingAnomaly } from './getAnomaly.ts';

const DAYS_SHOWN = 60;
// A forecast has to know the weeks before it.
const DAYS_LEARNT = 340;

/** The series around a finding, one point a day, for its chart. */
export const getAnomalySeries = defineRoute({
  method: 'get',
  path: '/api/v1/anomalies/{id}/series',
  summary: 'Get a cost series of a finding with its expected interval',
  tag: 'Anomalies',
  access: { scope: 'anomalies:read' },
  params: IdParams,
  query: AnomalySeriesQuery,
  replies: { 200: AnomalySeries },
  errors: ['anomaly_not_found'],
  handle: async ({ params, query, db }) => {
    const anomaly = await getExistingAnomaly(db, params.id);
    const { key, firstSeenOn, lastSeenOn } = partOf(anomaly, query.part);
    const shownFrom = addDays(anomaly.startedOn, -DAYS_SHOWN);
    const { days, revisions } = await readSeries(db, {
      connectionId: anomaly.connectionId,
      from: addDays(shownFrom, -DAYS_LEARNT),
      series: key,
    });
    const { forecasts } = detectSeries({
      series: days.map((day) => ({ ...day, cost: Number(day.cost) })),
      revisions: revisions.map(({ date, cost, seenOn }) => ({
        date,
        cost: Number(cost),
        seenOn: seenOn ?? date,
      })),
    });
    const expectedOn = new Map(forecasts.map((forecast) => [forecast.date, forecast]));
    const points = days
      .filter(({ date }) => date >= shownFrom)
      .map(({ date, cost }) => ({
        date,
        cost: toDecimalString(cost),
        ...toBand(expectedOn.get(date)),
        anomalous: date >= firstSeenOn && date <= lastSeenOn,
      }));
    return { status: 200, body: { currency: anomaly.currency, points } };
  },
});

/** One series of the incident; a finding that somebody else reported has only its own. */
function partOf(
  anomaly: Anomaly,
  index: number,
): { key: SeriesKey; firstSeenOn: string; lastSeenOn: string } {
  const { currency, subAccountId, serviceName, regionId } = anomaly;
  const part = anomaly.series[index];
  const whole = { subAccountId, serviceName, regionId, skuMeter: null };
  const series = part ?? whole;
  return {
    key: {
      subAccountId: series.subAccountId,
      serviceName: series.serviceName,
      regionId: series.regionId,
      skuMeter: series.skuMeter,
      currency,
    },
    firstSeenOn: part?.firstSeenOn ?? anomaly.startedOn,
    lastSeenOn: part?.lastSeenOn ?? anomaly.lastSeenOn,
  };
}

/** What was expected before the day was seen; statistics have no more than four decimals to say. */
function toBand(forecast: DayForecast | undefined) {
  if (forecast === undefined) return { expected: null, lower: null, upper: null };
  return {
    expected: forecast.expected.toFixed(4),
    lower: forecast.lower.toFixed(4),
    upper: forecast.upper.toFixed(4),
  };
}

import { AnomalySeries } from '../../core/contracts/anomaly.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { toDecimalString } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import { readDailySeries } from '../../db/queries/costs/readDailySeries.ts';
import { defineRoute } from '../http/route.ts';
import { getExistingAnomaly } from './getAnomaly.ts';

const DAYS_BEFORE = 60;

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
    const [series] = await readDailySeries(db, {
      connectionId: anomaly.connectionId,
      from: addDays(anomaly.startedOn, -DAYS_BEFORE),
      series: anomaly,
    });
    const points = (series?.days ?? []).map(({ date, cost }) => ({
      date,
      cost: toDecimalString(cost),
      expected: null,
      lower: null,
      upper: null,
      anomalous: date >= anomaly.startedOn && date <= anomaly.lastSeenOn,
    }));
    return { status: 200, body: { currency: anomaly.currency, points } };
  },
});

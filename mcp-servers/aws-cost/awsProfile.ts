import type { SourceProfile } from '../kit/costs/costSource.ts';
import { describeDimensions } from '../kit/costs/describeDimensions.ts';
import { describeMetrics } from '../kit/costs/describeMetrics.ts';
import { retentionDays } from '../kit/costs/retentionDays.ts';
import { AWS_DIMENSIONS } from './dimensions.ts';
import { AWS_METRICS } from './metrics.ts';
import { USD_PER_REQUEST } from './paidCalls.ts';
import {
  ANOMALY_DAYS,
  FORECAST_DAYS,
  HOUR_DAYS,
  RESOURCE_DAYS,
  RESTATEMENT_DAYS,
  RETENTION_MONTHS,
} from './retention.ts';

/** What Cost Explorer can be asked on a day. */
export function awsProfile(now: Date): SourceProfile {
  const days = retentionDays(RETENTION_MONTHS, now);
  return {
    provider: 'AWS',
    dimensions: DIMENSIONS,
    metrics: describeMetrics(AWS_METRICS),
    granularities: [
      { name: 'HOUR', retentionDays: HOUR_DAYS },
      ...['DAY', 'MONTH', 'TOTAL'].map((name) => ({ name, retentionDays: days })),
    ],
    restatementDays: RESTATEMENT_DAYS,
    limits: {
      resourceRetentionDays: RESOURCE_DAYS,
      anomalyRetentionDays: ANOMALY_DAYS,
      forecastDays: FORECAST_DAYS,
    },
    usdPerRequest: USD_PER_REQUEST,
    notes: NOTES,
  };
}

const DIMENSIONS = describeDimensions(AWS_DIMENSIONS, ({ write }) => write !== undefined, {
  ServiceCategory: 'ServiceName',
});

const NOTES = [
  'A connection of the platform is read with its stored credential. Without one, and for any other connectionId, which then only keeps cache and budget apart, it is the AWS account of this server’s environment (default credential chain).',
  'Cost Explorer groups by two dimensions at most. Grouped by ServiceName and SkuMeter (the usage type), rows also carry RegionId, which follows from the usage type.',
  'ListCost and ContractedCost do not exist here. EffectiveCost is AmortizedCost. ConsumedQuantity needs SkuMeter in groupBy.',
  'A period that begins tomorrow or later gets AWS’s own forecast (rows with x_Forecast): one cost metric, without groupBy, by day for three months or by month for 18.',
  'HOUR must be switched on in the Cost Explorer settings of the account, which AWS charges for.',
];

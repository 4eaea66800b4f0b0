import type { SourceProfile } from '../kit/costs/costSource.ts';
import { describeDimensions } from '../kit/costs/describeDimensions.ts';
import { describeMetrics } from '../kit/costs/describeMetrics.ts';
import { retentionDays } from '../kit/costs/retentionDays.ts';
import { GCP_DIMENSIONS } from './dimensions.ts';
import { PLACES_MAX } from './exportQueries.ts';
import { GCP_METRICS } from './metrics.ts';
import { COMPUTE_DAYS, RESTATEMENT_DAYS, RETENTION_MONTHS } from './retention.ts';
import { PROVIDER } from './toCostRows.ts';

/** What the billing export can be asked on a day. */
export function gcpProfile(now: Date, bytesMax: number): SourceProfile {
  const days = retentionDays(RETENTION_MONTHS, now);
  return {
    provider: PROVIDER,
    dimensions: DIMENSIONS,
    metrics: describeMetrics(GCP_METRICS),
    granularities: ['HOUR', 'DAY', 'MONTH', 'TOTAL'].map((name) => ({ name, retentionDays: days })),
    restatementDays: RESTATEMENT_DAYS,
    limits: {
      bytesPerQueryMax: bytesMax,
      recommendationZonesMax: PLACES_MAX,
      recommendationLookbackDays: COMPUTE_DAYS,
    },
    // Requests are free; BigQuery charges for the bytes that a query scans.
    usdPerRequest: '0',
    notes: NOTES,
  };
}

const DIMENSIONS = describeDimensions(GCP_DIMENSIONS, ({ filterSql }) => filterSql !== undefined, {
  ServiceCategory: 'ServiceName',
  PricingCategory: 'SkuId',
});

const NOTES = [
  'This server reads one Cloud Billing export in BigQuery, named by GCP_BILLING_TABLE, with the application default credentials. Any connectionId is accepted; it keeps cache and budget apart.',
  'Each query is preceded by a free dry run and refused beyond bytesPerQueryMax. Scanned bytes cost 6.25 USD a TiB on demand, the first TiB of a month nothing: see cost.',
  'BilledCost is cost plus credits, in UTC days, while Google invoices by Pacific time. Grouped or filtered by ChargeCategory, credits are charges of their own and the others are before credits.',
  'EffectiveCost is BilledCost. ContractedCost does not exist here. ConsumedQuantity needs SkuId or SkuMeter in groupBy. ResourceId needs the detailed export.',
  'x_SkuRegion is a SKU in a region; its rows carry service, category, SKU and region. PricingCategory is looked up in the SKU catalogue of the Cloud Billing API. Tags are labels.',
];

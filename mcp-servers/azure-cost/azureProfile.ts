import type { SourceProfile } from '../kit/costs/costSource.ts';
import { describeDimensions } from '../kit/costs/describeDimensions.ts';
import { describeMetrics } from '../kit/costs/describeMetrics.ts';
import { retentionDays } from '../kit/costs/retentionDays.ts';
import { AZURE_DIMENSIONS } from './dimensions.ts';
import { AZURE_METRICS } from './metrics.ts';
import { DAILY_DAYS_MAX, MONTHS_MAX, RESTATEMENT_DAYS, RETENTION_MONTHS } from './retention.ts';
import { SCOPES_MAX, type Scope } from './scopes.ts';

/** What Azure can be asked on a day, at these scopes. */
export function azureProfile(scopes: readonly Scope[], now: Date): SourceProfile {
  const days = retentionDays(RETENTION_MONTHS, now);
  return {
    provider: 'Azure',
    dimensions: DIMENSIONS,
    metrics: describeMetrics(AZURE_METRICS),
    granularities: ['DAY', 'MONTH', 'TOTAL'].map((name) => ({ name, retentionDays: days })),
    restatementDays: RESTATEMENT_DAYS,
    limits: {
      scopesMax: SCOPES_MAX,
      dailyDaysPerRequestMax: DAILY_DAYS_MAX,
      monthsPerRequestMax: MONTHS_MAX,
    },
    // Azure limits queries, but charges nothing for them.
    usdPerRequest: '0',
    notes: [
      scopes.length === 0
        ? 'No scope is configured: an operator has to set AZURE_COST_SCOPES.'
        : `Every answer is about these scopes together: ${scopes.map(({ path }) => path).join(', ')}.`,
      ...NOTES,
    ],
  };
}

const DIMENSIONS = describeDimensions(AZURE_DIMENSIONS, ({ write }) => write !== undefined, {
  ServiceCategory: 'ServiceName',
});

const NOTES = [
  'Any connectionId is accepted and stands for the credentials and scopes of this server; it keeps cache and budget apart.',
  'A longer period than one request may span is asked in several: a day’s rows in pieces of 31 days, others of 12 months. Each scope, piece and kind of cost is a request.',
  'Amounts of a month may change until its invoice, up to 5 days after its end.',
  'There is no HOUR, no notIn and no filter for an absent tag. ResourceId is told for subscriptions and resource groups only.',
  'EffectiveCost is amortised and asked by itself. ConsumedQuantity needs groupBy SkuMeter alone, and an agreement that knows units.',
  'Azure limits queries by tenant, about one unit a month of data: 12 in 10 s, 60 in a minute, 600 in an hour. Data is new every four hours at most.',
];

import type { AnomalyRow } from '../../core/mcp/listProviderAnomalies.ts';
import type { Period } from '../../core/mcp/period.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import type { Answer } from '../kit/answerCache.ts';
import { compareAmounts } from '../kit/costs/compareAmounts.ts';
import type { FoundList } from '../kit/costs/costSource.ts';
import { toSourceStatus, type ConnectionCall } from '../kit/costs/createAsk.ts';
import type { AnomalyQuery, AwsAnomaly } from './readAnomalies.ts';
import { ANOMALY_DAYS } from './retention.ts';

/** Cost Anomaly Detection reckons in US dollars, whatever the invoice. */
const CURRENCY = 'USD';

/** What GetAnomalies found in a period. @throws ToolError `INVALID_ARGUMENT` for days that AWS does not keep */
export async function findAnomalies(
  period: Period,
  call: ConnectionCall,
  now: Date,
  ask: (query: AnomalyQuery, call: ConnectionCall) => Promise<Answer<readonly AwsAnomaly[]>>,
): Promise<FoundList<AnomalyRow>> {
  const oldest = addDays(utcDay(now), -ANOMALY_DAYS);
  if (period.start < oldest) {
    throw new ToolError(
      'INVALID_ARGUMENT',
      `AWS keeps its anomalies for ${ANOMALY_DAYS} days. Start on ${oldest} or later.`,
      { field: 'period.start' },
    );
  }
  // The last day is included there, excluded here.
  const query = { firstDay: period.start, lastDay: addDays(period.end, -1) };
  const { value, asOf, stale } = await ask(query, call);
  return {
    rows: value.map(toRow),
    asOf,
    sources: [toSourceStatus(call.connectionId, stale)],
    notes: [
      value.length === 0
        ? 'AWS found none. It looks only where a cost monitor is set up in Cost Anomaly Detection.'
        : 'AWS gives these amounts as binary numbers in US dollars; they are estimates.',
    ],
  };
}

function toRow(anomaly: AwsAnomaly): AnomalyRow {
  const { Impact, RootCauses } = anomaly;
  return {
    AnomalyId: anomaly.AnomalyId,
    start: anomaly.AnomalyStartDate,
    end: anomaly.AnomalyEndDate === undefined ? null : addDays(anomaly.AnomalyEndDate, 1),
    subject: anomaly.DimensionValue ?? null,
    Impact: Impact.TotalImpact ?? Impact.MaxImpact,
    ActualCost: Impact.TotalActualSpend ?? null,
    ExpectedCost: Impact.TotalExpectedSpend ?? null,
    BillingCurrency: CURRENCY,
    rootCauses: RootCauses.map((cause) => ({
      ServiceName: cause.Service ?? null,
      RegionId: cause.Region ?? null,
      SubAccountId: cause.LinkedAccount ?? null,
      SkuMeter: cause.UsageType ?? null,
      Impact: cause.Impact?.Contribution ?? null,
    })).sort((a, b) => compareAmounts(b.Impact ?? '0', a.Impact ?? '0')),
  };
}

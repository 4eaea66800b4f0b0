import {
  listProviderAnomaliesContract,
  type AnomalyRow,
} from '../../core/mcp/listProviderAnomalies.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { compareMoney } from '../../core/money/money.ts';
import type { CursorSeal } from '../kit/cursor.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import { toListPage } from '../kit/listPage.ts';
import { toSourceCall } from './askCosts.ts';
import { toSourceStatus, type AwsSource } from './awsSource.ts';
import { addDays, toDay } from './days.ts';
import type { AwsAnomaly } from './readAnomalies.ts';

/** Days back that Cost Anomaly Detection keeps its findings. */
export const ANOMALY_DAYS = 90;

/** Cost Anomaly Detection reckons in US dollars, whatever the invoice. */
const CURRENCY = 'USD';

/** `list_provider_anomalies` on GetAnomalies. */
export function createListProviderAnomalies(
  source: AwsSource,
  seal: CursorSeal,
  now: () => Date,
): Tool {
  return defineTool(listProviderAnomaliesContract, async (input, call) => {
    const page = seal.page(listProviderAnomaliesContract.name, input, call.tenant);
    const { period, minImpact = '0' } = input;
    const oldest = addDays(toDay(now()), -ANOMALY_DAYS);
    if (period.start < oldest) {
      throw new ToolError(
        'INVALID_ARGUMENT',
        `AWS keeps its anomalies for ${ANOMALY_DAYS} days. Start on ${oldest} or later.`,
        { field: 'period.start' },
      );
    }
    const sourceCall = toSourceCall(input, call);
    // The last day is included there, excluded here.
    const query = { firstDay: period.start, lastDay: addDays(period.end, -1) };
    const { value, asOf, stale } = await source.anomalies(query, sourceCall);
    const rows = value
      .map(toRow)
      .filter((row) => compare(row.Impact, minImpact) >= 0)
      .sort((a, b) =>
        a.start === b.start ? compare(b.Impact, a.Impact) : a.start < b.start ? 1 : -1,
      );
    return {
      ...toListPage(rows, page),
      dataAsOf: asOf.toISOString(),
      sources: [toSourceStatus(sourceCall.connectionId, stale)],
      cost: source.cost(sourceCall),
      notes:
        rows.length === 0
          ? [
              'AWS found none. It looks only where a cost monitor is set up in Cost Anomaly Detection.',
            ]
          : ['AWS gives these amounts as binary numbers in US dollars; they are estimates.'],
    };
  });
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
    })).sort((a, b) => compare(b.Impact ?? '0', a.Impact ?? '0')),
  };
}

const compare = (a: string, b: string): number =>
  compareMoney({ amount: a, currency: CURRENCY }, { amount: b, currency: CURRENCY });

import type { Anomaly } from '../../../core/contracts/anomaly.ts';
import type { DashboardLinks } from '../dashboardLinks.ts';

/** An anomaly of the API as the tools show it. */
export const toAnomalyFields = (anomaly: Anomaly, links: DashboardLinks) => ({
  anomalyId: anomaly.id,
  status: anomaly.status,
  severity: anomaly.severity,
  kind: anomaly.kind,
  x_Provider: anomaly.provider,
  connectionId: anomaly.connectionId,
  connectionName: anomaly.connectionName,
  SubAccountId: anomaly.subAccountId,
  ServiceName: anomaly.serviceName,
  RegionId: anomaly.regionId,
  startedOn: anomaly.startedOn,
  lastSeenOn: anomaly.lastSeenOn,
  expected: anomaly.expected,
  actual: anomaly.actual,
  impact: anomaly.impact,
  BillingCurrency: anomaly.currency,
  explanation: anomaly.explanation,
  actionIds: anomaly.actionIds,
  link: links.anomaly(anomaly.id),
});

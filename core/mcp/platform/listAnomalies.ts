import { z } from 'zod';
import { AnomalyStatus, Severity } from '../../contracts/anomaly.ts';
import { brief } from '../brief.ts';
import { defineToolContract } from '../toolContract.ts';
import { anomalyFields } from './anomalyFields.ts';
import { ListEnvelope } from './listEnvelope.ts';
import { platformArgument } from './platformArgument.ts';

/** Anomalies, newest first. */
export const listAnomaliesContract = defineToolContract({
  name: 'list_anomalies',
  title: 'List anomalies',
  description:
    'Cost anomalies that CostGuard found, newest first, over all providers. Start with status open, then explain_anomaly ' +
    'for what drives one.',
  input: z.strictObject({
    status: AnomalyStatus.optional().describe('Default: all'),
    severity: Severity.optional().describe('Default: all'),
    connectionId: platformArgument.connectionId.optional().describe('Default: all connections'),
    limit: platformArgument.limit,
    cursor: platformArgument.cursor,
  }),
  output: z.object({
    rows: z
      .array(
        brief(
          z.object(anomalyFields),
          'anomalyId, status, severity, kind, x_Provider, connectionId, connectionName, SubAccountId, ServiceName, RegionId, startedOn, lastSeenOn, expected and actual of the newest day, impact over all days, BillingCurrency, explanation, actionIds, link',
        ),
      )
      .describe('Anomalies'),
    ...ListEnvelope,
  }),
});

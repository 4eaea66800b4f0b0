import { z } from 'zod';
import { AnomalyKind, AnomalyStatus, Severity } from '../../contracts/anomaly.ts';
import { Provider } from '../../contracts/scalars.ts';
import { field } from './field.ts';

/** An anomaly as lists and explanations show it. */
export const anomalyFields = {
  anomalyId: field.text('Id'),
  status: AnomalyStatus.describe('open until a person judged it or it ended'),
  severity: Severity.describe('How much it matters'),
  kind: AnomalyKind.describe('What happened to the series'),
  x_Provider: Provider.describe('Provider'),
  connectionId: field.text('Connection'),
  connectionName: field.text('Its name'),
  SubAccountId: field.textOrNull('Account'),
  ServiceName: field.text('Service'),
  RegionId: field.textOrNull('Region'),
  startedOn: field.day('First day'),
  lastSeenOn: field.day('Newest day'),
  expected: field.amount('Expected cost of the newest day'),
  actual: field.amount('Cost of the newest day'),
  impact: field.amount('Sum of actual minus expected over all its days'),
  BillingCurrency: field.text('ISO 4217'),
  explanation: field.text('The evidence in a sentence'),
  actionIds: z.array(z.string()).describe('Actions proposed for it'),
  link: field.text('Where a person sees it'),
};

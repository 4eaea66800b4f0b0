import { z } from 'zod';
import { ActionKind, ActionStatus } from '../../contracts/action.ts';
import { Provider } from '../../contracts/scalars.ts';
import { ExactDecimal } from '../costRow.ts';
import { field } from './field.ts';

/** An action as lists and details show it. */
export const actionFields = {
  actionId: field.text('Id'),
  kind: ActionKind.describe('What is done'),
  status: ActionStatus.describe('Where it stands'),
  x_Provider: Provider.describe('Provider'),
  connectionId: field.text('Connection'),
  connectionName: field.text('Its name'),
  ResourceId: field.text('Resource'),
  RegionId: field.text('Region; empty for a key'),
  instanceType: field.textOrNull('Type that an instance gets'),
  anomalyId: field.textOrNull('Anomaly that it is for'),
  reason: field.textOrNull('Why it was proposed'),
  proposedBy: field.text('Who proposed it'),
  decidedBy: field.textOrNull('Who decided'),
  expectedMonthlySaving: z
    .object({ amount: ExactDecimal.describe('Exact decimal'), currency: field.text('ISO 4217') })
    .nullable()
    .describe('null: not known (yet)'),
  createdAt: field.instant('When it was proposed'),
  expiresAt: field.instant('When it expires undecided'),
  link: field.text('Where a person sees and decides it'),
};

import { z } from 'zod';
import { ActionStatus } from '../../contracts/action.ts';
import { AnomalyKind, AnomalyStatus } from '../../contracts/anomaly.ts';
import { brief, unlisted } from '../brief.ts';
import { defineToolContract } from '../toolContract.ts';
import { anomalyFields } from './anomalyFields.ts';
import { field } from './field.ts';
import { platformArgument } from './platformArgument.ts';

const Anomaly = brief(
  z.object({
    ...anomalyFields,
    lower: field.amount('Lower end of the expected interval of the newest day'),
    upper: field.amount('Upper end of it'),
    score: field.number('Surprise in standard errors of the forecast'),
    statusReason: field.textOrNull('Why it has its status'),
    statusBy: field.textOrNull('Who set it; null: only the detector'),
  }),
  'As in list_anomalies, and lower and upper (expected interval), score (standard errors), statusReason, statusBy',
);

const Driver = brief(
  z.object({
    dimension: field.text('FOCUS column'),
    value: field.text('Its value'),
    expected: field.amount('Expected'),
    actual: field.amount('Actual'),
    share: field.number('Part of the whole excess, 1 in sum for each dimension'),
    isRemainder: field.flag('All smaller values together'),
  }),
  'dimension, value, expected, actual, share of the excess, isRemainder',
);

const Member = brief(
  z.object({
    SubAccountId: field.textOrNull('Account'),
    ServiceName: field.text('Service'),
    RegionId: field.textOrNull('Region'),
    SkuMeter: field.textOrNull('The one meter that moved; null: the whole series'),
    kind: AnomalyKind.describe('What happened to it'),
    firstSeenOn: field.day('First day'),
    lastSeenOn: field.day('Newest day'),
    expected: field.amount('Expected over the days of the incident'),
    actual: field.amount('Cost over these days'),
    impact: field.amount('actual minus expected; the members add up'),
    share: field.number('Part of the incident'),
  }),
  'SubAccountId, ServiceName, RegionId, SkuMeter, kind, firstSeenOn, lastSeenOn, expected, actual, impact, share',
);

const Attribution = brief(
  z.object({
    causes: z
      .array(
        z.object({
          path: z
            .array(
              z.object({ dimension: field.text('FOCUS column'), value: field.text('Its value') }),
            )
            .describe('From the coarsest to the finest'),
          direction: z.enum(['up', 'down']).describe('More or less than expected'),
          expected: field.amount('Expected'),
          actual: field.amount('Actual'),
          excess: field.amount('actual minus expected'),
          share: field.number('Part of the whole excess'),
        }),
      )
      .describe('Largest first'),
    change: z
      .object({
        usage: field.amount('More or less usage at the earlier price'),
        price: field.amount('Another price'),
        mix: field.amount('Usage that moved to dearer or cheaper resources'),
        added: field.amount('New resources'),
        removed: field.amount('Resources that are gone'),
        total: field.amount('Sum of the five'),
      })
      .describe('Why it costs more or less than expected'),
  }),
  'causes: path (dimension, value), direction, expected, actual, excess, share; change: usage, price, mix, added, removed and their total',
);

const Said = brief(
  z.object({
    status: AnomalyStatus.describe('Status that followed'),
    verdict: z
      .enum(['real', 'false_alarm', 'expected', 'planned'])
      .nullable()
      .describe('Judgement; null: only a status was set'),
    appliesTo: field.textOrNull('once, weekday or day_of_month'),
    until: field.dayOrNull('Last day of a planned change'),
    reason: field.textOrNull('In their words'),
    givenBy: field.text('Who'),
    at: field.instant('When'),
  }),
  'status, verdict, appliesTo, until, reason, givenBy, at',
);

const ProposedAction = brief(
  z.object({
    actionId: field.text('Id'),
    status: ActionStatus.describe('Where it stands'),
    ResourceId: field.text('Resource'),
    instanceType: field.textOrNull('Type that an instance would get'),
    expectedMonthlySaving: field.amountOrNull('null: not known (yet)'),
    BillingCurrency: field.textOrNull('Of the saving'),
    link: field.text('Where a person decides'),
  }),
  'actionId, status, ResourceId, instanceType, expectedMonthlySaving, BillingCurrency, link where a person decides',
);

/** One anomaly with all that is known of it. */
export const explainAnomalyContract = defineToolContract({
  name: 'explain_anomaly',
  title: 'Explain an anomaly',
  description:
    'All that is known of one anomaly: expected and actual cost, what drives it, the series of the incident, price ' +
    'against usage, what people said of it, and the actions proposed for it.',
  input: z.strictObject({ anomalyId: platformArgument.anomalyId }),
  output: z.object({
    anomaly: Anomaly,
    drivers: z.array(Driver).describe('Largest first, by dimension'),
    members: z.array(Member).describe('Series of the incident'),
    attribution: Attribution.nullable().describe('null: not told by whoever reported it'),
    owners: unlisted(z.array(z.string()), 'Values of the owner tag on what drives it'),
    feedback: z.array(Said).describe('What people said, newest first'),
    actions: z.array(ProposedAction).describe('Proposed for it, newest first'),
    notes: unlisted(z.array(z.string()), 'What to know of this result'),
  }),
});

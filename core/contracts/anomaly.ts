import { z } from 'zod';
import { isLlmAnomalyKind, LLM_ANOMALY_KINDS, LlmSubject } from './llmFinding.ts';
import { pageOf, PageQuery } from './page.ts';
import {
  Currency,
  Day,
  DecimalText,
  Id,
  Instant,
  isDay,
  plainText,
  Provider,
  ProviderText,
  ShortText,
} from './scalars.ts';

const COST_ANOMALY_KINDS = ['spike', 'level_shift', 'drift', 'drop', 'new_service'] as const;

/** What happened to a daily series of costs. */
export const CostAnomalyKind = z.enum(COST_ANOMALY_KINDS).meta({ id: 'CostAnomalyKind' });

/** What happened to a daily series of costs. */
export type CostAnomalyKind = z.infer<typeof CostAnomalyKind>;

/** What happened to the series, or to the use of language models. */
export const AnomalyKind = z
  .enum([...COST_ANOMALY_KINDS, ...LLM_ANOMALY_KINDS])
  .meta({ id: 'AnomalyKind' });

/** What happened to the series, or to the use of language models. */
export type AnomalyKind = z.infer<typeof AnomalyKind>;

/** How much it matters: money first, surprise breaks ties. */
export const Severity = z.enum(['low', 'medium', 'high', 'critical']).meta({ id: 'Severity' });

/** How much it matters. */
export type Severity = z.infer<typeof Severity>;

/** Where the finding stands; all but `open` are a person's judgement or the end of the episode. */
export const AnomalyStatus = z
  .enum(['open', 'expected', 'planned', 'false_alarm', 'resolved'])
  .meta({ id: 'AnomalyStatus' });

/** Where the finding stands. */
export type AnomalyStatus = z.infer<typeof AnomalyStatus>;

/** One cause of a cost change: a value of a dimension and its part of the excess. */
export const AnomalyDriver = z
  .strictObject({
    dimension: z.enum([
      'SubAccountId',
      'ServiceName',
      'RegionId',
      'SkuMeter',
      'ResourceId',
      'x_ApiKeyId',
      'x_Model',
      'x_UserTag',
    ]),
    value: ProviderText,
    expected: DecimalText,
    actual: DecimalText,
    share: z
      .number()
      .meta({ description: 'Part of the whole excess; all drivers of a dimension sum to 1' }),
    isRemainder: z
      .boolean()
      .default(false)
      .meta({ description: 'All values beyond the largest ones, summed' }),
  })
  .meta({ id: 'AnomalyDriver' });

/** One cause of a cost change. */
export type AnomalyDriver = z.output<typeof AnomalyDriver>;

/** One series of an incident: what it adds to the whole. */
export const AnomalySeriesPart = z
  .strictObject({
    subAccountId: ProviderText.nullable(),
    serviceName: ProviderText,
    regionId: ProviderText.nullable(),
    skuMeter: ProviderText.nullable().meta({
      description: 'The one meter that moved, where an opposite move hides it in the whole series',
    }),
    kind: CostAnomalyKind,
    firstSeenOn: Day,
    lastSeenOn: Day,
    actual: DecimalText.meta({ description: 'Cost over the days of the incident' }),
    expected: DecimalText.meta({ description: 'Expected over the same days' }),
    impact: DecimalText.meta({ description: 'actual minus expected; the parts add up' }),
    share: z.number().meta({ description: 'Part of the incident’s impact, 1 in sum' }),
  })
  .meta({ id: 'AnomalySeriesPart' });

/** One series of an incident. */
export type AnomalySeriesPart = z.infer<typeof AnomalySeriesPart>;

/** Why an incident costs what it does: paths through the dimensions, and the change as usage, price and mix. */
export const Attribution = z
  .strictObject({
    causes: z
      .array(
        z.strictObject({
          path: z.array(z.strictObject({ dimension: plainText(64), value: ProviderText })).max(8),
          direction: z.enum(['up', 'down']),
          expected: DecimalText,
          actual: DecimalText,
          excess: DecimalText.meta({ description: 'actual minus expected of the path' }),
          share: z.number().meta({ description: 'Part of the incident’s whole excess' }),
        }),
      )
      .max(12)
      .meta({ description: 'Rises and falls apart, the largest first' }),
    change: z
      .strictObject({
        usage: DecimalText.meta({ description: 'More or less usage at the earlier price' }),
        price: DecimalText.meta({ description: 'Another price for the usage' }),
        mix: DecimalText.meta({ description: 'Usage that moved to dearer or cheaper resources' }),
        added: DecimalText.meta({ description: 'Resources that were not there before' }),
        removed: DecimalText.meta({ description: 'Resources that are gone' }),
        total: DecimalText.meta({ description: 'The sum of the five, to the last digit' }),
      })
      .meta({ description: 'Why the days of the incident cost more or less than expected' }),
  })
  .meta({ id: 'Attribution' });

/** Why an incident costs what it does. */
export type Attribution = z.infer<typeof Attribution>;

const finding = {
  connectionId: Id,
  subAccountId: ProviderText.nullable(),
  serviceName: ProviderText,
  regionId: ProviderText.nullable(),
  kind: AnomalyKind,
  severity: Severity,
  startedOn: Day.meta({ description: 'First day of the episode' }),
  lastSeenOn: Day.meta({ description: 'Newest day of the episode' }),
  actual: DecimalText.meta({ description: 'Cost of the newest day' }),
  expected: DecimalText.meta({ description: 'Expected cost of the newest day' }),
  lower: DecimalText.meta({ description: 'Lower end of the expected interval of the newest day' }),
  upper: DecimalText.meta({ description: 'Upper end of the expected interval of the newest day' }),
  impact: DecimalText.meta({ description: 'Sum of actual minus expected over the episode' }),
  currency: Currency,
  score: z.number().meta({ description: 'Surprise in standard errors of the forecast' }),
  explanation: plainText(2000).meta({ description: 'The evidence in a plain sentence' }),
};

const evidence = {
  drivers: z.array(AnomalyDriver).max(50),
  series: z.array(AnomalySeriesPart).max(50),
  owners: z
    .array(ProviderText)
    .max(20)
    .meta({ description: 'Values of the owner tag on the charges that drive it' }),
  attribution: Attribution.nullable(),
  llm: LlmSubject.nullable().meta({
    description: 'Which use of language models it is about; null for findings in daily costs',
  }),
};

/** What a detector reports. The same episode of the same series is recognised and updated, not added again. */
export const AnomalyCreate = z
  .strictObject({
    ...finding,
    drivers: evidence.drivers.default([]),
    series: evidence.series.default([]),
    owners: evidence.owners.default([]),
    attribution: evidence.attribution.default(null),
    llm: evidence.llm.default(null),
    status: z
      .enum(['open', 'expected', 'planned', 'resolved'])
      .default('open')
      .meta({ description: 'What the detector knows; it never overrules a person' }),
    statusReason: ShortText.nullable().default(null),
  })
  .refine((value) => !isDay(value.startedOn) || value.startedOn <= value.lastSeenOn, {
    path: ['lastSeenOn'],
    message: 'must not be before startedOn',
  })
  .refine((value) => isLlmAnomalyKind(value.kind) === (value.llm !== null), {
    path: ['llm'],
    message: 'belongs to the kinds that are about the use of language models, and to no other',
  })
  .meta({
    id: 'AnomalyCreate',
    // What the second rule says, for readers of the document.
    if: { properties: { kind: { enum: COST_ANOMALY_KINDS } } },
    then: { properties: { llm: { type: 'null' } } },
    else: { properties: { llm: { type: 'object' } }, required: ['llm'] },
  });

/** What a detector reports. */
export type AnomalyCreate = z.output<typeof AnomalyCreate>;

/** A report as it is sent: what has a default may be left out. */
export type AnomalyReport = z.input<typeof AnomalyCreate>;

/** A finding as stored. */
export const Anomaly = z
  .object({
    id: Id,
    fingerprint: z.string(),
    provider: Provider,
    connectionName: z.string(),
    ...finding,
    status: AnomalyStatus,
    statusReason: z.string().nullable(),
    statusBy: z
      .string()
      .nullable()
      .meta({ description: 'Who set the status; null while only the detector has' }),
    ...evidence,
    actionIds: z.array(Id).meta({ description: 'Actions proposed for this finding' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Anomaly' });

/** A finding as stored. */
export type Anomaly = z.infer<typeof Anomaly>;

/** A page of findings, newest first. */
export const AnomalyPage = pageOf('AnomalyPage', Anomaly);

/** How findings are listed. */
export const AnomalyListQuery = z.strictObject({
  ...PageQuery,
  status: AnomalyStatus.optional(),
  severity: Severity.optional(),
  connectionId: Id.optional(),
});

/** The last days of the series that a finding is about. */
export const AnomalyCosts = z
  .object({
    anomalyId: Id,
    from: Day,
    costs: z.array(DecimalText).meta({
      description: 'Cost of each day from `from` on; the last is the finding’s newest day',
    }),
  })
  .meta({ id: 'AnomalyCosts' });

/** The last days of the series that a finding is about. */
export type AnomalyCosts = z.infer<typeof AnomalyCosts>;

/** The last days of each finding of a page. */
export const AnomalyCostsList = z
  .object({ items: z.array(AnomalyCosts) })
  .meta({ id: 'AnomalyCostsList' });

/** What a person says of a finding; the detector learns from it. */
export const AnomalyFeedbackCreate = z
  .strictObject({
    verdict: z.enum(['real', 'false_alarm', 'expected', 'planned']),
    appliesTo: z.enum(['once', 'weekday', 'day_of_month']).default('once').meta({
      description:
        'For expected: only these days, or always on such a day of the week or of the month',
    }),
    until: Day.optional().meta({
      description: 'For planned: last day of the planned change; default a week after the start',
    }),
    reason: ShortText.optional(),
  })
  .refine((value) => value.verdict === 'expected' || value.appliesTo === 'once', {
    path: ['appliesTo'],
    message: 'only what is expected can apply to more than once',
  })
  .refine((value) => value.verdict === 'planned' || value.until === undefined, {
    path: ['until'],
    message: 'only a planned change has an end',
  })
  .meta({
    id: 'AnomalyFeedbackCreate',
    // The two rules, for readers of the document.
    if: { properties: { verdict: { enum: ['expected'] } } },
    then: { not: { required: ['until'] } },
    else: {
      properties: { appliesTo: { enum: ['once'] } },
      if: { properties: { verdict: { enum: ['real', 'false_alarm'] } } },
      then: { not: { required: ['until'] } },
    },
  });

/** What a person says of a finding. */
export type AnomalyFeedbackCreate = z.infer<typeof AnomalyFeedbackCreate>;

/** What was said of a finding, and when. */
export const AnomalyFeedback = z
  .object({
    id: Id,
    status: AnomalyStatus,
    verdict: z.enum(['real', 'false_alarm', 'expected', 'planned']).nullable(),
    appliesTo: z.enum(['once', 'weekday', 'day_of_month']).nullable(),
    until: Day.nullable(),
    reason: z.string().nullable(),
    givenBy: z.string(),
    createdAt: Instant,
  })
  .meta({ id: 'AnomalyFeedback' });

/** What was said of a finding. */
export type AnomalyFeedback = z.infer<typeof AnomalyFeedback>;

/** All that was said of a finding, newest first. */
export const AnomalyFeedbackList = z
  .object({ items: z.array(AnomalyFeedback) })
  .meta({ id: 'AnomalyFeedbackList' });

/** Where a finding stands after a verdict, and what a status that is set by itself says to the detector. */
export const VERDICT_STATUS = {
  real: 'open',
  false_alarm: 'false_alarm',
  expected: 'expected',
  planned: 'planned',
} as const satisfies Record<AnomalyFeedbackCreate['verdict'], AnomalyStatus>;

/** A person's judgement of a finding. */
export const AnomalyPatch = z
  .strictObject({ status: AnomalyStatus, reason: ShortText.optional() })
  .meta({ id: 'AnomalyPatch' });

/** Which of an incident's series. */
export const AnomalySeriesQuery = z.strictObject({
  part: z.coerce
    .number()
    .int()
    .min(0)
    .max(49)
    .default(0)
    .meta({ description: 'Place in the finding’s list of series; the first unless told' }),
});

/** The series around a finding, for its chart: one point a day. */
export const AnomalySeries = z
  .object({
    currency: Currency,
    points: z.array(
      z.object({
        date: Day,
        cost: DecimalText,
        expected: DecimalText.nullable(),
        lower: DecimalText.nullable(),
        upper: DecimalText.nullable(),
        anomalous: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'AnomalySeries' });

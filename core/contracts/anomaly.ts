import { z } from 'zod';
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

/** What happened to the series. */
export const AnomalyKind = z
  .enum(['spike', 'level_shift', 'drift', 'drop', 'new_service'])
  .meta({ id: 'AnomalyKind' });

/** What happened to the series. */
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
    dimension: z.enum(['SubAccountId', 'ServiceName', 'RegionId', 'SkuMeter', 'ResourceId']),
    value: ProviderText,
    expected: DecimalText,
    actual: DecimalText,
    share: z
      .number()
      .meta({ description: 'Part of the whole excess; all drivers of a dimension sum to 1' }),
  })
  .meta({ id: 'AnomalyDriver' });

/** One cause of a cost change. */
export type AnomalyDriver = z.infer<typeof AnomalyDriver>;

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

/** What a detector reports. The same episode of the same series is recognised and updated, not added again. */
export const AnomalyCreate = z
  .strictObject({ ...finding, drivers: z.array(AnomalyDriver).max(50).default([]) })
  .refine((value) => !isDay(value.startedOn) || value.startedOn <= value.lastSeenOn, {
    path: ['lastSeenOn'],
    message: 'must not be before startedOn',
  })
  .meta({ id: 'AnomalyCreate' });

/** What a detector reports. */
export type AnomalyCreate = z.infer<typeof AnomalyCreate>;

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
    drivers: z.array(AnomalyDriver),
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

/** A person's judgement of a finding. */
export const AnomalyPatch = z
  .strictObject({ status: AnomalyStatus, reason: ShortText.optional() })
  .meta({ id: 'AnomalyPatch' });

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

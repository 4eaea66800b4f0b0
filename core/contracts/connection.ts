import { z } from 'zod';
import { BackfillProgress } from './backfill.ts';
import { pageOf, PageQuery } from './page.ts';
import {
  Day,
  Id,
  Instant,
  NonNegativeDecimalText,
  Provider,
  ProviderText,
  ShortText,
} from './scalars.ts';

/** Whether CostGuard may change anything in the account. */
export const ConnectionMode = z.enum(['read_only', 'actions']).meta({ id: 'ConnectionMode' });

/** Whether CostGuard may change anything in the account. */
export type ConnectionMode = z.infer<typeof ConnectionMode>;

/** How the last poll went; `failed` and `degraded` say in `detail` what a person must do. */
export const ConnectionHealth = z
  .object({
    status: z.enum(['unknown', 'healthy', 'degraded', 'failed']),
    code: z.string().nullable(),
    detail: z.string().nullable(),
    since: Instant,
  })
  .meta({ id: 'ConnectionHealth' });

/** How the last poll went. */
export type ConnectionHealth = z.infer<typeof ConnectionHealth>;

const PollIntervalMinutes = z
  .int()
  .min(5)
  .max(24 * 60)
  .meta({ description: 'Minutes between two polls' });

/** How easily the Detective raises something in a connection; amounts in the currency of the costs. */
const detection = {
  sensitivity: z
    .number()
    .min(0.5)
    .max(2)
    .meta({ description: 'Above 1 finds more, below 1 less; thresholds are divided by it' }),
  minDailyImpact: NonNegativeDecimalText.meta({
    description: 'Deviations below this much a day are immaterial',
  }),
  minTotalImpact: NonNegativeDecimalText.meta({
    description: 'Moves below this much in total are immaterial',
  }),
  ownerTag: ProviderText.max(128).meta({
    description: 'Tag key whose values say whose a finding is',
  }),
};

/** An account to watch. Credentials come from the provider's own default chain; none is stored here. */
export const ConnectionCreate = z
  .strictObject({
    provider: Provider,
    name: ShortText.max(100),
    mode: ConnectionMode.default('read_only'),
    pollIntervalMinutes: PollIntervalMinutes.default(360),
    sensitivity: detection.sensitivity.default(1),
    minDailyImpact: detection.minDailyImpact.default('2.5'),
    minTotalImpact: detection.minTotalImpact.default('10'),
    ownerTag: detection.ownerTag.default('owner'),
  })
  .meta({ id: 'ConnectionCreate' });

/** An account to watch. */
export type ConnectionCreate = z.output<typeof ConnectionCreate>;

/** What of a connection can be changed. */
export const ConnectionPatch = z
  .strictObject({
    name: ShortText.max(100).optional(),
    mode: ConnectionMode.optional(),
    pollIntervalMinutes: PollIntervalMinutes.optional(),
    enabled: z.boolean().optional(),
    sensitivity: detection.sensitivity.optional(),
    minDailyImpact: detection.minDailyImpact.optional(),
    minTotalImpact: detection.minTotalImpact.optional(),
    ownerTag: detection.ownerTag.optional(),
  })
  .meta({ id: 'ConnectionPatch' });

/** What of a connection can be changed. */
export type ConnectionPatch = z.infer<typeof ConnectionPatch>;

/** A connection as stored. */
export const Connection = z
  .object({
    id: Id,
    provider: Provider,
    name: z.string(),
    mode: ConnectionMode,
    enabled: z.boolean(),
    demo: z.boolean().meta({ description: 'Its costs are made up for the demo' }),
    pollIntervalMinutes: z.int(),
    ...detection,
    lastPollAt: Instant.nullable(),
    lastPollEndedAt: Instant.nullable(),
    lastPollRows: z
      .int()
      .nullable()
      .meta({ description: 'Charges that the last poll read; null where it failed' }),
    dataUntil: Day.nullable().meta({ description: 'Newest day with costs' }),
    /** Of the polls of costs. */
    health: ConnectionHealth,
    usageHealth: ConnectionHealth.nullable().meta({
      description:
        'How the last poll of the use of language models went; null where the provider has none',
    }),
    usageLastPollAt: Instant.nullable().meta({
      description: 'Start of the newest poll of the use of language models',
    }),
    backfill: BackfillProgress.nullable().meta({
      description: 'How far the reading of its history is; null where none is to be read',
    }),
    createdAt: Instant,
  })
  .meta({ id: 'Connection' });

/** A connection as stored. */
export type Connection = z.infer<typeof Connection>;

/** A page of connections, by name. */
export const ConnectionPage = pageOf('ConnectionPage', Connection);

/** How connections are listed. */
export const ConnectionListQuery = z.strictObject({ ...PageQuery, provider: Provider.optional() });

/** A poll that was asked for now. */
export const PollReply = z
  .object({
    connectionId: Id,
    scheduleId: z.string(),
    triggered: z.boolean().meta({
      description: 'false: the poll before still runs, and two of one connection never do at once',
    }),
    runningSince: Instant.nullable().meta({
      description: 'Scheduled time of the poll that still runs, where none was started',
    }),
  })
  .meta({ id: 'PollReply' });

/** When a connection is polled. */
export const ConnectionSchedule = z
  .object({
    connectionId: Id,
    isKnown: z.boolean().meta({
      description: 'false while Temporal does not answer in time; the two instants are null then',
    }),
    nextPollAt: Instant.nullable().meta({
      description: 'null where the connection is disabled, or its schedule is not made yet',
    }),
    runningSince: Instant.nullable().meta({
      description: 'Scheduled time of the poll that runs; null where none does',
    }),
  })
  .meta({ id: 'ConnectionSchedule' });

/** When a connection is polled. */
export type ConnectionSchedule = z.infer<typeof ConnectionSchedule>;

/** When the connections of a page are polled, in the order of the connections. */
export const ConnectionScheduleList = pageOf('ConnectionScheduleList', ConnectionSchedule);

import { z } from 'zod';
import { daysBetween } from '../time/day.ts';
import { Currency, Day, DecimalText, Id, isDay, Provider, ProviderText } from './scalars.ts';

/** What costs can be grouped by. */
export const CostDimension = z
  .enum(['provider', 'connection', 'account', 'service', 'region', 'tag'])
  .meta({ id: 'CostDimension', description: 'tag groups by the values of the tag `tagKey`' });

/** What costs can be grouped by. */
export type CostDimension = z.infer<typeof CostDimension>;

/** Longest period, in days, that costs can be asked of at once. */
export const PERIOD_DAYS_MAX = 800;

const period = {
  from: Day.meta({ description: 'First day, included' }),
  to: Day.meta({ description: 'Last day, excluded' }),
};

const filters = {
  provider: Provider.optional(),
  connectionId: Id.optional(),
  account: ProviderText.optional(),
  service: ProviderText.optional(),
  region: ProviderText.optional(),
  tagKey: ProviderText.optional().meta({
    description:
      'Name of the tag that group_by=tag and tag are about, and which both need; there is no forecast of it',
  }),
  tag: ProviderText.optional().meta({ description: 'Value of the tag tagKey' }),
  currency: Currency.optional(),
};

const grouping = { group_by: CostDimension.default('service') };
const namesTag = (value: { group_by: CostDimension; tag?: string | undefined; tagKey?: unknown }) =>
  value.tagKey !== undefined || (value.group_by !== 'tag' && value.tag === undefined);
const namelessTag = { path: ['tagKey'], message: 'must name the tag' };

const haveDays = (value: { from: string; to: string }) => isDay(value.from) && isDay(value.to);
const isPeriod = (value: { from: string; to: string }) => !haveDays(value) || value.from < value.to;
const isShortEnough = (value: { from: string; to: string }) =>
  !haveDays(value) || daysBetween(value.from, value.to) <= PERIOD_DAYS_MAX;
const emptyPeriod = { path: ['to'], message: 'must be after from' };
const longPeriod = { path: ['to'], message: `must be at most ${PERIOD_DAYS_MAX} days after from` };

// Of tags the rollup knows nothing, and summing 400 days of charges takes seconds.
const hasHistory = (value: { forecast: string; tagKey?: unknown }) =>
  value.forecast === 'false' || value.tagKey === undefined;
const noHistory = { path: ['forecast'], message: 'does not go with tags' };

const FORECAST_GROUPS_MAX = 25;
const areFewEnough = (value: { forecast: string; limit: number }) =>
  value.forecast === 'false' || value.limit <= FORECAST_GROUPS_MAX;
const manyForecasts = {
  path: ['limit'],
  message: `must be at most ${FORECAST_GROUPS_MAX} with forecast=true`,
};

/** A grouped time series of costs. */
export const CostQuery = z
  .strictObject({
    ...period,
    granularity: z.enum(['day', 'month']).default('day'),
    ...grouping,
    ...filters,
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(100)
      .default(12)
      .meta({ description: 'Groups shown apart in each currency; the rest is summed as one' }),
    forecast: z.enum(['true', 'false']).default('false').meta({
      description:
        'Also forecast each group and each currency to the end of the month of the newest day with costs; then limit is at most 25',
    }),
  })
  .refine(isPeriod, emptyPeriod)
  .refine(isShortEnough, longPeriod)
  .refine(areFewEnough, manyForecasts)
  .refine(namesTag, namelessTag)
  .refine(hasHistory, noHistory);

/** A grouped time series of costs. */
export type CostQuery = z.infer<typeof CostQuery>;

/** What a period will have cost at its end: four decimals, statistics from what was known on the newest day. */
export const CostForecast = z
  .object({
    until: Day.meta({ description: 'Last day of the period, included' }),
    actualToDate: DecimalText,
    expected: DecimalText,
    lower: DecimalText.meta({ description: 'Lower end of the 95% interval' }),
    upper: DecimalText.meta({ description: 'Upper end of the 95% interval' }),
  })
  .meta({ id: 'CostForecast' });

/** Costs by group and time. Currencies are never summed: a group has one entry for each of its currencies. */
export const CostSeriesReply = z
  .object({
    ...period,
    granularity: z.enum(['day', 'month']),
    groupBy: CostDimension,
    groups: z.array(
      z.object({
        key: z
          .string()
          .nullable()
          .meta({ description: 'Value of the dimension; null where it has none' }),
        label: z.string(),
        isRemainder: z.boolean().meta({ description: 'All groups beyond limit, summed' }),
        currency: Currency,
        total: DecimalText,
        points: z.array(z.object({ date: Day, cost: DecimalText })),
        forecast: CostForecast.nullable().optional().meta({
          description: 'Only with forecast=true; null where nothing can be told',
        }),
      }),
    ),
    totals: z.array(z.object({ currency: Currency, total: DecimalText })),
    forecasts: z
      .array(z.object({ currency: Currency, forecast: CostForecast.nullable() }))
      .optional()
      .meta({ description: 'Only with forecast=true: all groups of each currency together' }),
    dataUntil: Day.nullable().meta({ description: 'Newest day with costs in the period' }),
  })
  .meta({ id: 'CostSeries' });

/** Costs by group and time. */
export type CostSeriesReply = z.infer<typeof CostSeriesReply>;

/** The grouped time series that `CostQuery` asks for, as a file. */
export const CostTableQuery = z
  .strictObject({
    ...period,
    granularity: z.enum(['day', 'month']).default('day'),
    ...grouping,
    ...filters,
    limit: z.coerce.number().int().min(1).max(1000).default(1000).meta({
      description: 'Groups written apart in each currency; the rest is summed as one',
    }),
  })
  .refine(isPeriod, emptyPeriod)
  .refine(isShortEnough, longPeriod)
  .refine(namesTag, namelessTag);

/** Totals of a period beside those of an earlier one. */
export const SummaryQuery = z
  .strictObject({
    ...period,
    ...grouping,
    ...filters,
    compare: z.enum(['previous', 'year']).default('previous').meta({
      description: 'With the days right before, or with the same days a year before',
    }),
  })
  .refine(isPeriod, emptyPeriod)
  .refine(isShortEnough, longPeriod)
  .refine(namesTag, namelessTag);

/** Totals of a period beside those of an earlier one. */
export type SummaryQuery = z.infer<typeof SummaryQuery>;

// Before 1970 where the period begins then: nothing was billed, but it is a day.
const EarlierDay = z.iso.date();

/** Totals, change and what moved most. Changes compare as many days as every connection has told of. */
export const UsageSummary = z
  .object({
    ...period,
    comparedTo: Day.meta({
      description:
        'End, excluded, of the days of the period that are compared: those that every connection has told of. `from` where there are none',
    }),
    previousFrom: EarlierDay.meta({ description: 'First day compared with' }),
    previousTo: EarlierDay.meta({
      description:
        'End, excluded, of the days compared with, as many as from `from` to `comparedTo`',
    }),
    totals: z.array(
      z.object({
        currency: Currency,
        total: DecimalText.meta({ description: 'Of the whole period' }),
        comparedTotal: DecimalText.meta({ description: 'From `from` to `comparedTo`' }),
        previousTotal: DecimalText,
        changePercent: z
          .number()
          .nullable()
          .meta({ description: 'null where nothing was spent before' }),
      }),
    ),
    groupBy: CostDimension,
    movers: z
      .array(
        z.object({
          key: z.string().nullable().meta({ description: 'null where the charges have no value' }),
          label: z.string(),
          provider: Provider.nullable().meta({ description: 'null where there are several' }),
          currency: Currency,
          total: DecimalText.meta({ description: 'From `from` to `comparedTo`' }),
          previousTotal: DecimalText,
          change: DecimalText,
        }),
      )
      .meta({ description: 'The groups whose costs changed most, largest change first' }),
    openAnomalies: z.int(),
    actionsWaiting: z.int(),
  })
  .meta({ id: 'UsageSummary' });

/** Totals, change and what moved most. */
export type UsageSummary = z.infer<typeof UsageSummary>;

/** What happened in a period that its costs may tell of. */
export const AnnotationQuery = z
  .strictObject({ ...period, ...filters })
  .omit({ tagKey: true, tag: true })
  .refine(isPeriod, emptyPeriod)
  .refine(isShortEnough, longPeriod);

/** What happened in a period that its costs may tell of. */
export type AnnotationQuery = z.infer<typeof AnnotationQuery>;

/** Most annotations of one answer. */
export const ANNOTATIONS_MAX = 200;

/** Findings and actions of a period. */
export const UsageAnnotations = z
  .object({
    items: z
      .array(
        z.object({
          kind: z.enum(['anomaly', 'action']),
          id: Id,
          day: Day.meta({
            description: 'The day a finding began on, or an action was carried out on',
          }),
          label: z.string().meta({
            description: 'The service of a finding, or the kind and the resource of an action',
          }),
          status: z.string().meta({ description: 'Of the finding or of the action, as it is now' }),
          currency: Currency.nullable().meta({
            description: 'Of the finding; null for an action that promised no amount',
          }),
        }),
      )
      .meta({
        description: `The newest ${ANNOTATIONS_MAX} at most, oldest first. Findings only for who may read them, and so with actions`,
      }),
    hasMore: z.boolean(),
  })
  .meta({ id: 'UsageAnnotations' });

/** Findings and actions of a period. */
export type UsageAnnotations = z.infer<typeof UsageAnnotations>;

/** Which tags there are. */
export const TagKeyQuery = z
  .strictObject(period)
  .refine(isPeriod, emptyPeriod)
  .refine(isShortEnough, longPeriod);

/** Names of tags. */
export const TagKeys = z
  .object({
    items: z
      .array(z.string())
      .meta({ description: 'Tags of the newest three days with costs in the period, by name' }),
  })
  .meta({ id: 'TagKeys' });

/** Which charges to write as a FOCUS 1.2 file. */
export const FocusExportQuery = z
  .strictObject({
    ...period,
    connectionId: Id.optional(),
    provider: Provider.optional(),
    format: z.enum(['csv', 'parquet']).default('csv'),
  })
  .refine(isPeriod, emptyPeriod)
  .refine(isShortEnough, longPeriod);

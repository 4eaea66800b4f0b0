import { z } from 'zod';
import { daysBetween } from '../time/day.ts';
import { Currency, Day, DecimalText, Id, isDay, Provider, ProviderText } from './scalars.ts';

/** What costs can be grouped by. */
export const CostDimension = z
  .enum(['provider', 'connection', 'account', 'service', 'region'])
  .meta({ id: 'CostDimension' });

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
  currency: Currency.optional(),
};

const haveDays = (value: { from: string; to: string }) => isDay(value.from) && isDay(value.to);
const isPeriod = (value: { from: string; to: string }) => !haveDays(value) || value.from < value.to;
const isShortEnough = (value: { from: string; to: string }) =>
  !haveDays(value) || daysBetween(value.from, value.to) <= PERIOD_DAYS_MAX;
const emptyPeriod = { path: ['to'], message: 'must be after from' };
const longPeriod = { path: ['to'], message: `must be at most ${PERIOD_DAYS_MAX} days after from` };

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
    group_by: CostDimension.default('service'),
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
  .refine(areFewEnough, manyForecasts);

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

/** Totals of a period beside the period of the same length before it. */
export const SummaryQuery = z
  .strictObject({ ...period, ...filters })
  .refine(isPeriod, emptyPeriod)
  .refine(isShortEnough, longPeriod);

/** Totals of a period beside the period before. */
export type SummaryQuery = z.infer<typeof SummaryQuery>;

/** Totals, change and what moved most. */
export const UsageSummary = z
  .object({
    ...period,
    // Before 1970 where the period begins then: nothing was billed, but it is a day.
    previousFrom: z.iso.date().meta({ description: 'First day of the period before' }),
    totals: z.array(
      z.object({
        currency: Currency,
        total: DecimalText,
        previousTotal: DecimalText,
        changePercent: z
          .number()
          .nullable()
          .meta({ description: 'null where nothing was spent before' }),
      }),
    ),
    movers: z.array(
      z.object({
        serviceName: z.string(),
        provider: Provider,
        currency: Currency,
        total: DecimalText,
        previousTotal: DecimalText,
        change: DecimalText,
      }),
    ),
    openAnomalies: z.int(),
    actionsWaiting: z.int(),
  })
  .meta({ id: 'UsageSummary' });

/** Totals, change and what moved most. */
export type UsageSummary = z.infer<typeof UsageSummary>;

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

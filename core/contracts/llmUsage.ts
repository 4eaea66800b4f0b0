import { z } from 'zod';
import { LLM_METERS } from '../llm/meters.ts';
import { Currency, Day, DecimalText, Id, Instant, isDay, ProviderText } from './scalars.ts';
import { CostForecast } from './usage.ts';

/** What the use of language models can be grouped by. */
export const LlmDimension = z
  .enum(['model', 'project', 'key', 'provider', 'endpoint', 'user_tag', 'meter'])
  .meta({ id: 'LlmDimension', description: 'meter is the kind of use: input, cache read, …' });

/** What the use of language models can be grouped by. */
export type LlmDimension = z.infer<typeof LlmDimension>;

/** The kinds of use, each with a price of its own. */
export const LlmMeterName = z.enum(LLM_METERS).meta({ id: 'LlmMeter' });

/** The providers whose use of language models is counted. */
export const LlmProvider = z.enum(['openai', 'anthropic']).meta({ id: 'LlmProvider' });

/** How long one point of a series is. */
export const LlmGranularity = z.enum(['minute', 'hour', 'day']).meta({ id: 'LlmGranularity' });

/** How long one point of a series is. */
export type LlmGranularity = z.infer<typeof LlmGranularity>;

/** Longest period, in hours, that can be asked of at once at each granularity. */
export const LLM_HOURS_MAX = { minute: 24, hour: 24 * 31, day: 24 * 400 } as const satisfies Record<
  LlmGranularity,
  number
>;

const HOUR_MS = 3_600_000;

const Moment = z
  .union([Day, Instant])
  .meta({ description: 'UTC instant, or UTC day for its midnight', example: '2026-11-20' });

const isMoment = (text: string) => isDay(text) || Instant.safeParse(text).success;
const areMoments = (value: { from: string; to: string }) =>
  isMoment(value.from) && isMoment(value.to);
const hoursOf = ({ from, to }: { from: string; to: string }) =>
  (Date.parse(to) - Date.parse(from)) / HOUR_MS;

/** A grouped time series of the use of language models. */
export const LlmUsageQuery = z
  .strictObject({
    from: Moment.meta({ description: 'Start, included: a UTC instant or day' }),
    to: Moment.meta({ description: 'End, excluded: a UTC instant or day' }),
    granularity: LlmGranularity.default('day'),
    group_by: LlmDimension.default('model'),
    provider: LlmProvider.optional(),
    connectionId: Id.optional(),
    model: ProviderText.optional(),
    project: ProviderText.optional(),
    key: ProviderText.optional().meta({ description: 'Id of an API key, never the key' }),
    endpoint: ProviderText.optional(),
    userTag: ProviderText.optional(),
    limit: z.coerce.number().int().min(1).max(100).default(12).meta({
      description: 'Groups shown apart; the rest is summed as one',
    }),
    forecast: z.enum(['true', 'false']).default('false').meta({
      description:
        'Also forecast the whole and each group to the end of the month; then limit is at most 25',
    }),
  })
  .refine((value) => !areMoments(value) || hoursOf(value) > 0, {
    path: ['to'],
    message: 'must be after from',
  })
  .refine((value) => !areMoments(value) || hoursOf(value) <= LLM_HOURS_MAX[value.granularity], {
    path: ['to'],
    message: 'must be at most 1 day after from by minutes, 31 days by hours, 400 days by days',
  })
  .refine((value) => value.forecast === 'false' || value.limit <= 25, {
    path: ['limit'],
    message: 'must be at most 25 with forecast=true',
  });

/** A grouped time series of the use of language models. */
export type LlmUsageQuery = z.infer<typeof LlmUsageQuery>;

const Units = z
  .string()
  .regex(/^\d+$/)
  .meta({ description: 'Whole number as text', example: '1234567' });

const Cost = DecimalText.nullable().meta({
  description: 'What is known of the cost; null where no price of it is known, which is not zero',
});

const PerUnit = DecimalText.nullable();

const measures = {
  cost: Cost,
  isCostPartial: z.boolean().meta({ description: 'Some of the use has no known price' }),
  tokens: Units.meta({ description: 'Tokens of all kinds' }),
  requests: Units.nullable().meta({
    description: 'null where the source does not count them, or none belongs to one kind of use',
  }),
  units: z.array(
    z.object({
      meter: LlmMeterName,
      units: Units.meta({ description: 'Tokens, calls, images, characters or seconds' }),
      cost: Cost,
      unpricedUnits: Units.meta({ description: 'Those of them without a known price' }),
    }),
  ),
  costPerRequest: PerUnit.meta({
    description: 'Over the use whose requests are counted and whose price is known; else null',
  }),
  costPerThousandTokens: PerUnit.meta({
    description: 'Cost of the tokens with a known price for 1,000 of them; tools are not in it',
  }),
  cacheShare: z.number().min(0).max(1).nullable().meta({
    description: 'Part of the input tokens that was read from the cache; null without input',
  }),
};

/** What some use of language models amounts to. */
export const LlmMeasures = z.object(measures).meta({ id: 'LlmMeasures' });

/** What some use of language models amounts to. */
export type LlmMeasures = z.infer<typeof LlmMeasures>;

const group = {
  key: z
    .string()
    .nullable()
    .meta({ description: 'Value of the dimension; null where the source tells none' }),
  label: z.string(),
};

/** Spend and use of language models by group and time. */
export const LlmUsageReply = z
  .object({
    from: Instant,
    to: Instant,
    granularity: LlmGranularity,
    groupBy: LlmDimension,
    currency: Currency,
    bucketSecondsMax: z.int().nullable().meta({
      description: 'The longest bucket in the period: a point may hold more than its granularity',
    }),
    groups: z.array(
      z.object({
        ...group,
        isRemainder: z.boolean().meta({ description: 'All groups beyond limit, summed' }),
        ...measures,
        points: z.array(
          z.object({ at: Instant, cost: Cost, tokens: Units, requests: Units.nullable() }),
        ),
        forecast: CostForecast.nullable().optional().meta({
          description: 'Only with forecast=true; null where nothing can be told',
        }),
      }),
    ),
    totals: LlmMeasures,
    forecast: CostForecast.nullable().optional().meta({
      description: 'Only with forecast=true: all groups together',
    }),
    changes: z
      .object({
        until: Instant.meta({ description: 'End of the newer week; both have seven days' }),
        items: z.array(
          z.object({
            ...group,
            week: DecimalText,
            weekBefore: DecimalText,
            change: DecimalText,
            changePercent: z.number().nullable().meta({ description: 'null from nothing' }),
          }),
        ),
      })
      .meta({ description: 'What moved most from the week before; known cost only' }),
    unpriced: z
      .array(
        z.object({
          provider: LlmProvider,
          model: z.string(),
          meters: z.array(LlmMeterName),
          units: Units,
          since: Instant,
        }),
      )
      .meta({ description: 'Models with use in the period that has no known price' }),
    sources: z
      .array(
        z.object({
          connectionId: Id,
          name: z.string(),
          provider: LlmProvider,
          demo: z.boolean(),
          pulledUntil: Instant.nullable().meta({
            description: 'How far the provider’s own report was read',
          }),
          pushedUntil: Instant.nullable().meta({
            description: 'End of the newest minute of pushed calls, of the last two days',
          }),
        }),
      )
      .meta({ description: 'The connections of providers of language models, and how fresh' }),
  })
  .meta({ id: 'LlmUsage' });

/** Spend and use of language models by group and time. */
export type LlmUsageReply = z.infer<typeof LlmUsageReply>;

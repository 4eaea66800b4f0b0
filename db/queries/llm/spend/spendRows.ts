import { type RawBuilder, sql } from 'kysely';
import type { LlmDimension, LlmGranularity } from '../../../../core/contracts/llmUsage.ts';

/** Which use counts. Values are exactly as the source tells them. */
export interface SpendFilter {
  /** Start, a UTC instant, included. */
  from: string;
  /** End, a UTC instant, excluded. */
  to: string;
  provider?: 'openai' | 'anthropic' | undefined;
  connectionId?: string | undefined;
  model?: string | undefined;
  project?: string | undefined;
  key?: string | undefined;
  endpoint?: string | undefined;
  userTag?: string | undefined;
}

/** Which groups are read apart ('' where the source tells none); the others are summed. */
export interface WantedGroups {
  groupBy: LlmDimension;
  keys: readonly string[];
}

const HOUR_MS = 3_600_000;

/**
 * The rows of use of a period that count: by the hour where it consists of whole hours and no finer points are asked for,
 * with the columns and the totals of the minutes.
 */
export function spendSource(
  { from, to }: Pick<SpendFilter, 'from' | 'to'>,
  granularity: LlmGranularity,
): RawBuilder<unknown> {
  const isWhole = [from, to].every((instant) => Date.parse(instant) % HOUR_MS === 0);
  return isWhole && granularity !== 'minute' ? sql`llm_spend_hours` : sql`llm_spend`;
}

/** What a row of use, `s`, is grouped by; `m` is `METERS`. */
export const SPEND_KEY = {
  model: sql<string>`s.model`,
  project: sql<string>`s.project_id`,
  key: sql<string>`s.api_key_id`,
  provider: sql<string>`s.provider`,
  endpoint: sql<string>`s.endpoint`,
  user_tag: sql<string>`s.user_tag`,
  meter: sql<string>`m.meter`,
} as const satisfies Record<LlmDimension, RawBuilder<string>>;

/** The kinds of use of a row `s`, each with its units. */
export const METERS = sql`lateral (
    select v.meter, v.units from (values
      ('input', s.input_tokens::numeric), ('cache_read', s.cached_input_tokens),
      ('cache_write', s.cache_write_tokens), ('cache_write_5m', s.cache_write_5m_tokens),
      ('cache_write_1h', s.cache_write_1h_tokens), ('output', s.output_tokens),
      ('reasoning', s.reasoning_tokens)) v (meter, units)
    where v.units <> 0
    union all select o.key, o.value::numeric from jsonb_each_text(s.other_units) o
  ) m`;

/** What is known of a row's cost; null where nothing is. */
export const KNOWN_COST = sql<string | null>`coalesce(s.cost,
  (select sum(p.value::numeric) from jsonb_each_text(s.cost_parts) p))`;

/** What a row `s` alone is grouped by; by kind of use all rows are one group. */
export const groupKey = (groupBy: LlmDimension) =>
  groupBy === 'meter' ? sql<string>`''` : SPEND_KEY[groupBy];

/** Rows with what is known of their cost: by kind of use each row is as many rows as it has kinds. */
export function costRows(groupBy: LlmDimension, source: RawBuilder<unknown>) {
  return groupBy === 'meter'
    ? {
        rows: sql`${source} s cross join ${METERS}`,
        cost: sql`(s.cost_parts ->> m.meter)::numeric`,
      }
    : { rows: sql`${source} s`, cost: KNOWN_COST };
}

/** The rows `s` that are asked for. */
export function spendWhere(filter: SpendFilter): RawBuilder<boolean> {
  const { from, to, provider, connectionId, model, project, key, endpoint, userTag } = filter;
  const conditions = [
    sql`s.bucket_start >= ${from}::timestamptz`,
    sql`s.bucket_start < ${to}::timestamptz`,
  ];
  if (provider !== undefined) conditions.push(sql`s.provider = ${provider}`);
  if (connectionId !== undefined) conditions.push(sql`s.connection_id = ${connectionId}`);
  if (model !== undefined) conditions.push(sql`s.model = ${model}`);
  if (project !== undefined) conditions.push(sql`s.project_id = ${project}`);
  if (key !== undefined) conditions.push(sql`s.api_key_id = ${key}`);
  if (endpoint !== undefined) conditions.push(sql`s.endpoint = ${endpoint}`);
  if (userTag !== undefined) conditions.push(sql`s.user_tag = ${userTag}`);
  return sql`(${sql.join(conditions, sql` and `)})`;
}

/** The key of a row among the wanted groups; null for the remainder. */
export function wantedKey({ groupBy, keys }: WantedGroups): RawBuilder<string | null> {
  return sql`case when ${SPEND_KEY[groupBy]} = any(${keys}::text[]) then ${SPEND_KEY[groupBy]} end`;
}

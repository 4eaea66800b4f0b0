import { sql } from 'kysely';
import type { UnpricedModel } from '../../../core/contracts/llmPrice.ts';
import { isTokens, LLM_METERS, type LlmMeter, type LlmUnits } from '../../../core/llm/meters.ts';
import { sumDecimals } from '../../../core/money/money.ts';
import type { Database } from '../../connect.ts';
import { columnOf } from './usageColumns.ts';

interface Row {
  provider: UnpricedModel['provider'];
  model: string;
  units: LlmUnits;
  since: Date;
  until: Date;
}

/** How much use of which models has no known price, the most tokens first; from a UTC day on, or of all that is kept. */
export async function readUnpriced(db: Database, from?: string): Promise<UnpricedModel[]> {
  const amounts = LLM_METERS.map((meter) => sql`when ${sql.lit(meter)} then ${amountOf(meter)}`);
  const fromDay =
    from === undefined ? sql`` : sql`and bucket_start >= ${`${from}T00:00:00Z`}::timestamptz`;
  const { rows } = await sql<Row>`
    with unpriced_use as (
      select provider, model, meter, sum(case meter ${sql.join(amounts, sql` `)} end)::text as amount,
        min(bucket_start) as since, max(bucket_start) as until
      from llm_spend, unnest(unpriced) as meter
      where unpriced <> '{}' ${fromDay}
      group by provider, model, meter)
    select provider, model, jsonb_object_agg(meter, amount) as units, min(since) as since, max(until) as until
    from unpriced_use group by provider, model order by provider, model`.execute(db);
  return rows.map(toModel).sort((a, b) => Number(b.tokens) - Number(a.tokens));
}

const amountOf = (meter: LlmMeter) => {
  const column = columnOf(meter);
  return column === undefined
    ? sql`(other_units ->> ${sql.lit(meter)})::numeric`
    : sql`${sql.ref(column)}::numeric`;
};

function toModel({ since, until, ...row }: Row): UnpricedModel {
  const tokens = LLM_METERS.filter(isTokens).map((meter) => row.units[meter] ?? '0');
  return {
    ...row,
    tokens: sumDecimals(tokens),
    since: since.toISOString(),
    until: until.toISOString(),
  };
}

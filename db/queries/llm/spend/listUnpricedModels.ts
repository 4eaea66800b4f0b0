import { sql } from 'kysely';
import type { LlmMeter } from '../../../../core/llm/meters.ts';
import type { Database } from '../../../connect.ts';
import { METERS, type SpendFilter, spendWhere } from './spendRows.ts';

/** A model with use that has no known price. */
export interface UnpricedModel {
  provider: 'openai' | 'anthropic';
  model: string;
  meters: LlmMeter[];
  /** Tokens, calls, … without a price, a whole number as text. */
  units: string;
  /** Start of the first bucket of it in the period, a UTC instant. */
  since: string;
}

/** The models with use in a period that has no known price, those with most of it first. */
export async function listUnpricedModels(
  db: Database,
  filter: SpendFilter,
): Promise<UnpricedModel[]> {
  const result = await sql<Omit<UnpricedModel, 'since'> & { since: Date }>`
    select s.provider, s.model, array_agg(distinct m.meter order by m.meter) as meters,
      sum(m.units) as units, min(s.bucket_start) as since
    from llm_spend s cross join ${METERS}
    where ${spendWhere(filter)} and s.unpriced <> '{}' and m.meter = any(s.unpriced)
    group by 1, 2 order by units desc, s.model limit 100`.execute(db);
  return result.rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

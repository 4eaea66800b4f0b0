import type { LlmMeter, LlmUnits } from '../../core/llm/meters.ts';
import { money, multiplyMoney, sumDecimals } from '../../core/money/money.ts';
import type { Database } from '../../db/connect.ts';
import { toUsageColumns } from '../../db/queries/llm/usageColumns.ts';

/** One bucket of use, with what differs; a rate is USD for one unit, and a kind without one has no known price. */
export interface LlmUseGiven {
  at: string;
  units: LlmUnits;
  rates?: Partial<Record<LlmMeter, string>>;
  provider?: 'openai' | 'anthropic';
  source?: 'pull' | 'push';
  bucketSeconds?: number;
  model?: string;
  key?: string;
  project?: string;
  endpoint?: string;
  userTag?: string;
  requests?: string | null;
}

/** Stores use of a connection as pulls and pushes do. */
export async function addLlmUse(
  db: Database,
  connectionId: string,
  uses: readonly LlmUseGiven[],
): Promise<void> {
  for (const use of uses) {
    const rates = use.rates ?? {};
    const meters = Object.entries(use.units) as [LlmMeter, string][];
    const parts = Object.fromEntries(
      meters.flatMap(([meter, units]) => {
        const rate = rates[meter];
        return rate === undefined
          ? []
          : [[meter, multiplyMoney(money(rate, 'USD'), units).amount] as const];
      }),
    );
    const unpriced = meters.map(([meter]) => meter).filter((meter) => rates[meter] === undefined);
    const { other_units, ...columns } = toUsageColumns(use.units);
    await db
      .insertInto('llm_usage')
      .values({
        connection_id: connectionId,
        provider: use.provider ?? 'openai',
        source: use.source ?? 'pull',
        bucket_start: new Date(use.at),
        bucket_seconds: use.bucketSeconds ?? 3600,
        model: use.model ?? 'gpt-5',
        api_key_id: use.key ?? '',
        project_id: use.project ?? '',
        endpoint: use.endpoint ?? '',
        user_tag: use.userTag ?? '',
        ...columns,
        other_units: JSON.stringify(other_units),
        requests: use.requests ?? null,
        cost: unpriced.length > 0 ? null : sumDecimals(Object.values(parts)),
        cost_parts: JSON.stringify(parts),
        unpriced,
        price_source: 'test',
      })
      .execute();
  }
}

/** Says how far the provider's report of a connection was read. */
export async function setPulledUntil(
  db: Database,
  connectionId: string,
  until: string,
): Promise<void> {
  const pulled_until = new Date(until);
  await db
    .insertInto('llm_pulls')
    .values({ connection_id: connectionId, pulled_until })
    .onConflict((oc) => oc.column('connection_id').doUpdateSet({ pulled_until }))
    .execute();
}

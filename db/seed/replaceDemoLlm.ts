import { sql } from 'kysely';
import type { DemoConnection } from '../../core/demo/demoConnections.ts';
import type { DemoStory } from '../../core/demo/demoCosts.ts';
import { type DemoLlmUse, demoLlmUsage } from '../../core/demo/demoLlmUsage.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import type { Database } from '../connect.ts';
import { sumUsageHours } from '../queries/llm/sumUsageHours.ts';
import { toUsageRecord } from '../queries/llm/toUsageRecord.ts';

const ROWS_MAX = 2_000;
const HOUR_MS = 3_600_000;

/** The demo's rates are those of this table. */
const PRICE_SOURCE = '@pydantic/genai-prices 0.1.8';

/**
 * Writes what a demo connection of OpenAI or Anthropic used from the day `from` to the day `to` (excluded), and the hours
 * of today that are over at `seenAt` where that is reached, in place of what stood there; of other providers nothing.
 */
export async function replaceDemoLlm(
  db: Database,
  { id, provider }: DemoConnection,
  period: { from: string; to: string; seenAt: Date },
  story: DemoStory,
): Promise<void> {
  if (provider !== 'openai' && provider !== 'anthropic') return;
  const { from } = period;
  const until =
    period.to < story.today ? `${period.to}T00:00:00.000Z` : hourOf(story.today, period.seenAt);
  const uses = [...demoLlmUsage({ provider, from, until }, story)];
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom('llm_usage')
      .where('connection_id', '=', id)
      .where('bucket_start', '>=', new Date(from))
      .where('bucket_start', '<', new Date(until))
      .execute();
    for (let start = 0; start < uses.length; start += ROWS_MAX) {
      const rows = uses.slice(start, start + ROWS_MAX).map((use) => toRow(id, use));
      const columns = sql.join(Object.keys(rows[0] ?? {}).map((name) => sql.ref(name)));
      await sql`insert into llm_usage (${columns}) select ${columns}
        from json_populate_recordset(null::llm_usage, ${JSON.stringify(rows)}::json)`.execute(tx);
    }
    await sql`insert into llm_pulls (connection_id, pulled_until) values (${id}, ${until})
      on conflict (connection_id) do update
      set pulled_until = greatest(llm_pulls.pulled_until, excluded.pulled_until), updated_at = now()`.execute(
      tx,
    );
  });
  await sumUsageHours(db, { connectionId: id, before: until });
}

/** The last full hour of the day `today` at `seenAt`; the day's ends where it is another day. */
function hourOf(today: string, seenAt: Date): string {
  const [start, end] = [Date.parse(today), Date.parse(addDays(today, 1))];
  const hour = Math.floor(seenAt.getTime() / HOUR_MS) * HOUR_MS;
  return new Date(Math.min(Math.max(hour, start), end)).toISOString();
}

function toRow(connectionId: string, { row, costParts: parts }: DemoLlmUse) {
  const cost = sumDecimals(Object.values(parts));
  return toUsageRecord(
    { ...row, connectionId },
    { cost, parts, mayAdd: {}, unpriced: [], priceSource: PRICE_SOURCE },
  );
}

import { sql } from 'kysely';
import type { Database } from '../../../connect.ts';

/** A connection whose use of language models is counted, and how far it is known. */
export interface LlmSource {
  connectionId: string;
  name: string;
  provider: 'openai' | 'anthropic';
  demo: boolean;
  /** How far the provider's report was read, a UTC instant. */
  pulledUntil: string | null;
  /** End of the newest minute of pushed calls of the last two days, a UTC instant. */
  pushedUntil: string | null;
}

/** The enabled connections of OpenAI and Anthropic by name, as of `now`. */
export async function listLlmSources(db: Database, now: Date): Promise<LlmSource[]> {
  const result = await sql<Row>`
    select c.id, c.name, c.provider, c.demo, p.pulled_until, pushed.until as pushed_until
    from connections c
      left join llm_pulls p on p.connection_id = c.id
      left join lateral (
        select u.bucket_start + u.bucket_seconds * interval '1 second' as until from llm_usage u
        where u.connection_id = c.id and u.source = 'push'
          and u.bucket_start >= ${now}::timestamptz - interval '2 days'
        order by u.bucket_start desc limit 1
      ) pushed on true
    where c.provider in ('openai', 'anthropic') and c.enabled order by c.name, c.id`.execute(db);
  return result.rows.map((row) => ({
    connectionId: row.id,
    name: row.name,
    provider: row.provider,
    demo: row.demo,
    pulledUntil: row.pulled_until?.toISOString() ?? null,
    pushedUntil: row.pushed_until?.toISOString() ?? null,
  }));
}

interface Row {
  id: string;
  name: string;
  provider: 'openai' | 'anthropic';
  demo: boolean;
  pulled_until: Date | null;
  pushed_until: Date | null;
}

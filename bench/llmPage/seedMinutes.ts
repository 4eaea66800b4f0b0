import type pg from 'pg';

const DAY_MS = 86_400_000;
const MINUTE_DAYS = 30;
const HOUR_DAYS = 120;

/** Writes six series of use up to `end`: 30 days by the minute, and before them 120 days by the hour; returns the rows. */
export async function seedMinutes(
  client: pg.Client,
  { connectionId, end }: { connectionId: string; end: number },
): Promise<number> {
  const minutesFrom = end - MINUTE_DAYS * DAY_MS;
  const write = (from: number, to: number, seconds: 60 | 3600) =>
    client.query(
      `insert into llm_usage (connection_id, provider, source, bucket_start, bucket_seconds, model, api_key_id, project_id,
         input_tokens, cached_input_tokens, output_tokens, requests, cost, cost_parts, price_source)
       select $1, 'openai', 'pull', t, $4, 'gpt-' || s % 3, 'key_' || s, 'proj_' || s % 2, 1000 + n, 4000, 250 + n % 7, 3,
         parts.input + 0.002 + parts.output,
         jsonb_build_object('input', parts.input::text, 'cache_read', '0.002', 'output', parts.output::text), 'bench'
       from generate_series($2::timestamptz, $3::timestamptz - interval '1 second', make_interval(secs => $4))
           with ordinality times(t, n),
         generate_series(1, 6) s, lateral (select (1000 + n) * 0.0000025 as input, (250 + n % 7) * 0.00001 as output) parts`,
      [connectionId, new Date(from), new Date(to), seconds],
    );
  const hours = await write(minutesFrom - HOUR_DAYS * DAY_MS, minutesFrom, 3600);
  const minutes = await write(minutesFrom, end, 60);
  await client.query(
    `insert into llm_pulls (connection_id, pulled_until) values ($1, now() - interval '5 minutes')`,
    [connectionId],
  );
  await client.query('vacuum analyze');
  return (hours.rowCount ?? 0) + (minutes.rowCount ?? 0);
}

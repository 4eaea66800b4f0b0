import pg from 'pg';
import { LlmUsageReply } from '../../core/contracts/llmUsage.ts';
import { connect } from '../../db/connect.ts';
import { sumUsageHours } from '../../db/queries/llm/sumUsageHours.ts';
import type { BenchApi } from '../llmPush/startBenchApi.ts';
import { withBenchApi } from '../llmPush/withBenchApi.ts';
import { seedMinutes } from './seedMinutes.ts';

// How long the page of language models waits for its answer: 6 series by the minute for 30 days, 259,200 rows, and the hours
// of the 120 days before, over HTTP from one API process. Beside it, in the same Postgres
// in the same run, a plain sum of cost and tokens over the 30 days of llm_usage.
const ROUNDS = Number(process.argv[2] ?? 7);
const LIMIT_MS = 150;
const DAY_MS = 86_400_000;

const line = (text: string) => process.stdout.write(`${text}\n`);
await withBenchApi('llm-page', ['costs:read'], run);

async function run(url: string, api: BenchApi): Promise<void> {
  const end = (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS;
  const connected = connect(url, { applicationName: 'bench' });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const rows = await seedMinutes(client, { connectionId: api.connectionId, end });
    line(`${rows} rows of llm_usage`);
    const questions = questionsOf(end);
    const bare = await median(() => bareSum(client, end));
    const started = performance.now();
    await sumUsageHours(connected.db, {
      connectionId: api.connectionId,
      before: new Date(end).toISOString(),
    });
    line(`summing all hours once: ${(performance.now() - started).toFixed(0)} ms`);
    await client.query('vacuum analyze');
    const byHour = await measure(api, questions);
    line(`plain sum of cost and tokens by day and model over llm_usage: ${bare.toFixed(0)} ms`);
    for (const [index, { name }] of questions.entries()) {
      const ms = byHour[index] ?? Number.NaN;
      line(
        `${name}: ${ms.toFixed(0)} ms, ratio to the plain sum ${(ms / bare).toFixed(2)}, limit ${LIMIT_MS} ms: ${ms < LIMIT_MS ? 'met' : 'NOT met'}`,
      );
    }
  } finally {
    await client.end();
    await connected.close();
  }
}

/** What the page asks for when its spans are chosen. */
function questionsOf(end: number) {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const spans = [30, 90].flatMap((days) =>
    (['model', 'meter'] as const).map((groupBy) => ({
      name: `${days} days by ${groupBy}`,
      path: `/api/v1/usage/llm?from=${day(end - days * DAY_MS)}&to=${day(end)}&granularity=day&group_by=${groupBy}&forecast=true`,
    })),
  );
  const hours = { from: new Date(end - DAY_MS).toISOString(), to: new Date(end).toISOString() };
  return [
    ...spans,
    {
      name: '24 hours by model',
      path: `/api/v1/usage/llm?${new URLSearchParams({ ...hours, granularity: 'hour', group_by: 'model', forecast: 'true' }).toString()}`,
    },
  ];
}

async function measure(api: BenchApi, questions: readonly { path: string }[]): Promise<number[]> {
  const times: number[] = [];
  for (const { path } of questions)
    times.push(
      await median(async () => {
        LlmUsageReply.parse(await api.get(path));
      }),
    );
  return times;
}

async function median(work: () => Promise<void>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

async function bareSum(client: pg.Client, end: number): Promise<void> {
  await client.query(
    `select date_trunc('day', bucket_start, 'UTC'), model, sum(cost), sum(input_tokens), sum(output_tokens)
     from llm_usage where bucket_start >= $1 group by 1, 2`,
    [new Date(end - 30 * DAY_MS)],
  );
}

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { priceLlmUse } from '../../core/llm/priceLlmUse.ts';
import type { PushedCall } from '../../core/llm/push/pushedCall.ts';
import type { LlmUsageRow } from '../../core/llm/usageRow.ts';
import { changePrices } from '../../db/queries/llm/changePrices.ts';
import { putPrice } from '../../db/queries/llm/putPrice.ts';
import { replaceUsage } from '../../db/queries/llm/replaceUsage.ts';
import { rollUpBuckets } from '../../db/queries/llm/rollUpBuckets.ts';
import { storeCalls } from '../../db/queries/llm/storeCalls.ts';
import { sumUsageHours } from '../../db/queries/llm/sumUsageHours.ts';
import { addConnection } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
// Prices belong to no connection: what a random run ended with would price the next test's use.
beforeEach(() => api.services.pool.query('delete from llm_price_overrides'));

const MINUTE_MS = 60_000;
const START = Date.parse('2026-11-20T00:00:00Z');
const HOURS = 6;
const END = instant(HOURS * 60);
// The last one has no price, and a search of it none either.
const MODELS = ['gpt-4o', 'gpt-4.1', 'gpt-of-nobody'];

function instant(minute: number): string {
  return new Date(START + minute * MINUTE_MS).toISOString().replace('.000Z', 'Z');
}

const minute = fc.integer({ min: 0, max: HOURS * 60 - 1 });
const use = fc.record({
  minute,
  model: fc.constantFrom(...MODELS),
  input: fc.integer({ min: 0, max: 5000 }),
  output: fc.integer({ min: 1, max: 900 }),
  searches: fc.integer({ min: 0, max: 2 }),
  isCounted: fc.boolean(),
});
type Use = typeof use extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), uses: fc.array(use, { maxLength: 6 }) }),
  fc.record({
    kind: fc.constant('pull' as const),
    from: minute,
    length: fc.integer({ min: 1, max: 150 }),
    uses: fc.array(use, { maxLength: 6 }),
  }),
  fc.record({ kind: fc.constant('price' as const), rate: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ kind: fc.constant('rollUp' as const), hour: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('sum' as const), hour: fc.integer({ min: 0, max: HOURS }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const unitsOf = ({ input, output, searches }: Use) => ({
  ...(input > 0 && { input: String(input) }),
  output: String(output),
  ...(searches > 0 && { web_search: String(searches) }),
});

function toCall(connectionId: string, given: Use): PushedCall {
  return {
    connectionId,
    provider: 'openai',
    callId: randomUUID(),
    at: new Date(instant(given.minute)),
    model: given.model,
    apiKeyId: 'key_1',
    projectId: '',
    serviceTier: '',
    endpoint: '',
    userTag: '',
    requests: 1,
    isSum: false,
    units: unitsOf(given),
  };
}

function toRow(connectionId: string, given: Use): LlmUsageRow {
  return {
    connectionId,
    provider: 'openai',
    source: 'pull',
    bucketStart: instant(given.minute),
    bucketSeconds: 60,
    model: given.model,
    apiKeyId: 'key_1',
    projectId: '',
    serviceTier: '',
    contextWindow: '',
    endpoint: '',
    userTag: '',
    units: unitsOf(given),
    requests: given.isCounted ? '3' : null,
  };
}

/** One row a key, as a report has it. */
const distinct = (uses: readonly Use[]) => [
  ...new Map(uses.map((one) => [`${one.minute} ${one.model}`, one])).values(),
];

async function run(connectionId: string, step: Step): Promise<void> {
  const { db, pool } = api.services;
  switch (step.kind) {
    case 'push':
      await storeCalls(
        pool,
        step.uses.map((one) => toCall(connectionId, one)),
      );
      return;
    case 'pull': {
      const to = Math.min(step.from + step.length, HOURS * 60);
      const within = step.uses.map((one) => ({
        ...one,
        minute: step.from + (one.minute % (to - step.from)),
      }));
      const rows = distinct(within).map((one) => toRow(connectionId, one));
      const priced = rows.map((row) => ({
        row,
        price: priceLlmUse({ ...row, at: row.bucketStart }, []),
      }));
      const page = { from: instant(step.from), to: instant(to), bucketSeconds: 60 as const };
      await replaceUsage(db, connectionId, page, priced);
      return;
    }
    case 'price': {
      const put = {
        provider: 'openai' as const,
        model: MODELS[step.rate % MODELS.length] ?? '',
        validFrom: '2026-11-01',
        rates: { output: String(step.rate) },
      };
      await db.transaction().execute((tx) =>
        changePrices(
          tx,
          () => putPrice(tx, { put, by: 'test', now: new Date() }),
          ({ after }) => after,
        ),
      );
      return;
    }
    case 'rollUp':
      await rollUpBuckets(db, { connectionId, before: instant(step.hour * 60), into: 'hour' });
      return;
    case 'sum':
      await sumUsageHours(db, { connectionId, before: instant(step.hour * 60) });
  }
}

/** All that a page shows of the use of a connection, by hour, from one of the views. */
async function totalsOf(view: 'llm_spend' | 'llm_spend_hours', connectionId: string) {
  const { rows } = await api.services.pool.query<Record<string, string | null>>(
    `with uses as (
      select date_trunc('hour', bucket_start, 'UTC') as hour, source, model, max(bucket_seconds) as seconds,
        sum(input_tokens) as input, sum(output_tokens) as output,
        sum(coalesce(cost, (select sum(p.value::numeric) from jsonb_each_text(cost_parts) p))) as cost,
        sum(requests) as requests, sum(requests) filter (where cost is not null) as priced_requests,
        sum(cost) filter (where requests is not null) as request_cost,
        sum(output_tokens) filter (where 'output' = any(unpriced)) as unpriced_output,
        sum((cost_parts ->> 'output')::numeric) filter (where output_tokens <> 0) as output_cost,
        sum((other_units ->> 'web_search')::numeric) as searches,
        sum((cost_parts ->> 'web_search')::numeric) as searches_cost,
        sum(input_tokens + output_tokens) filter (where cost is null and cost_parts = '{}') as unknown_tokens
      from ${view} where connection_id = $1 group by 1, 2, 3)
    select hour::text, source, model, seconds::text, trim_scale(input)::text as input, trim_scale(output)::text as output,
      trim_scale(cost)::text as cost, requests::text, priced_requests::text, trim_scale(request_cost)::text as request_cost,
      unpriced_output::text, trim_scale(output_cost)::text as output_cost, searches::text,
      trim_scale(searches_cost)::text as searches_cost, unknown_tokens::text
    from uses order by 1, 2, 3`,
    [connectionId],
  );
  return rows;
}

const countOf = async (table: string, connectionId: string) =>
  (await api.services.pool.query(`select from ${table} where connection_id = $1`, [connectionId]))
    .rowCount;

test('hours tell what their minutes tell, whatever is written and however far they are summed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const connectionId = await addConnection(api.services.db, { provider: 'openai' });
      await api.services.pool.query('delete from llm_price_overrides');
      for (const one of steps) {
        await run(connectionId, one);
        expect(await totalsOf('llm_spend_hours', connectionId)).toEqual(
          await totalsOf('llm_spend', connectionId),
        );
      }
      await sumUsageHours(api.services.db, { connectionId, before: END });
      expect(await countOf('llm_unsummed_hours', connectionId)).toBe(0);
      expect(await totalsOf('llm_spend_hours', connectionId)).toEqual(
        await totalsOf('llm_spend', connectionId),
      );
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('an hour that goes on is not summed, and a second run has nothing to do', async () => {
  const { db } = api.services;
  const connectionId = await addConnection(db, { provider: 'openai' });
  const uses = [30, 90].map((at) => ({
    minute: at,
    model: 'gpt-4o',
    input: 1,
    output: 1,
    searches: 0,
    isCounted: true,
  }));
  await run(connectionId, { kind: 'push', uses });
  expect(await sumUsageHours(db, { connectionId, before: instant(119) })).toBe(1);
  expect(await sumUsageHours(db, { connectionId, before: instant(119) })).toBe(0);
  expect(await countOf('llm_unsummed_hours', connectionId)).toBe(1);
  expect(await countOf('llm_usage_hours', connectionId)).toBe(1);
});

test('writers and summing at the same time lose nothing', async () => {
  const { db, pool } = api.services;
  const connectionId = await addConnection(db, { provider: 'openai' });
  const uses = (seed: number) =>
    Array.from({ length: 12 }, (_, i) => ({
      minute: (seed * 37 + i * 29) % (HOURS * 60),
      model: MODELS[(seed + i) % MODELS.length] ?? '',
      input: i,
      output: 1,
      searches: 0,
      isCounted: true,
    }));
  const rounds = Array.from({ length: 15 }, (_, i) => i);
  const each = (work: (round: number) => Promise<unknown>) =>
    rounds.reduce<Promise<unknown>>((before, i) => before.then(() => work(i)), Promise.resolve());
  await Promise.all([
    ...[1, 2, 3].map((replica) =>
      each((i) => run(connectionId, { kind: 'push', uses: uses(replica * 100 + i) })),
    ),
    each((i) =>
      run(connectionId, { kind: 'pull', from: i * 10, length: 60, uses: uses(i).slice(0, 5) }),
    ),
    ...[1, 2].map(() => each(() => sumUsageHours(db, { connectionId, before: END }))),
  ]);
  await sumUsageHours(db, { connectionId, before: END });
  const { rows } = await pool.query<{ calls: string }>(
    `select sum(requests)::text as calls from llm_usage where connection_id = $1 and source = 'push'`,
    [connectionId],
  );
  expect(rows[0]?.calls).toBe(String(3 * 15 * 12));
  expect(await totalsOf('llm_spend_hours', connectionId)).toEqual(
    await totalsOf('llm_spend', connectionId),
  );
});

test('a connection is deleted with its hours and its marks', async () => {
  const { db } = api.services;
  const connectionId = await addConnection(db, { provider: 'openai' });
  const uses = [
    { minute: 5, model: 'gpt-4o', input: 1, output: 1, searches: 0, isCounted: true },
    { minute: 65, model: 'gpt-4o', input: 1, output: 1, searches: 0, isCounted: true },
  ];
  await run(connectionId, { kind: 'push', uses });
  await sumUsageHours(db, { connectionId, before: instant(60) });
  await db.deleteFrom('connections').where('id', '=', connectionId).execute();
  expect(await countOf('llm_usage_hours', connectionId)).toBe(0);
  expect(await countOf('llm_unsummed_hours', connectionId)).toBe(0);
});

test('hours become days with equal totals, and a second run finds none', async () => {
  const { db, pool } = api.services;
  const connectionId = await addConnection(db, { provider: 'openai' });
  const uses = Array.from({ length: 40 }, (_, i) => ({
    minute: i * 9,
    model: MODELS[i % MODELS.length] ?? '',
    input: i,
    output: 1 + i,
    searches: i % 3,
    isCounted: true,
  }));
  await run(connectionId, { kind: 'push', uses });
  await run(connectionId, { kind: 'rollUp', hour: 3 });
  await sumUsageHours(db, { connectionId, before: END });
  const totals = async () =>
    (
      await pool.query<Record<string, string>>(
        `select model, sum(input_tokens)::text as input, sum(output_tokens)::text as output, sum(requests)::text as requests,
           trim_scale(sum((cost_parts ->> 'output')::numeric))::text as output_cost,
           sum((other_units ->> 'web_search')::numeric)::text as searches
         from llm_spend_hours where connection_id = $1 group by 1 order by 1`,
        [connectionId],
      )
    ).rows;
  const before = await totals();
  const day = { connectionId, before: '2026-11-21T00:00:00Z', into: 'day' as const };
  expect(await rollUpBuckets(db, day)).toBeGreaterThan(3);
  expect(await rollUpBuckets(db, day)).toBe(0);
  expect(await totals()).toEqual(before);
  await sumUsageHours(db, { connectionId, before: END });
  expect(await totals()).toEqual(before);
  const { rows } = await pool.query<{ bucket_start: Date; bucket_seconds: number }>(
    'select distinct bucket_start, bucket_seconds from llm_usage where connection_id = $1',
    [connectionId],
  );
  expect(rows).toEqual([{ bucket_start: new Date(START), bucket_seconds: 86_400 }]);
});

test('an hour knows its fullest ten minutes, apart for what is priced and what is not', async () => {
  const { db, pool } = api.services;
  const connectionId = await addConnection(db, { provider: 'openai' });
  const at = (minute: number, output: number, model = 'gpt-4o') => ({
    ...{ minute, model, input: 0, output, searches: 0, isCounted: true },
  });
  await run(connectionId, {
    kind: 'push',
    uses: [at(0, 100), at(9, 200), at(10, 250), at(25, 50), at(3, 70, 'gpt-unheard-of')],
  });
  await sumUsageHours(db, { connectionId, before: END });
  const { rows } = await pool.query<Record<string, string | null>>(
    `select model, trim_scale(peak_cost)::text as cost, peak_tokens::text as tokens,
       trim_scale(peak_cost / nullif(cost, 0) * output_tokens)::float8::text as same
     from llm_spend_hours where connection_id = $1 order by model`,
    [connectionId],
  );
  expect(rows).toMatchObject([
    { model: 'gpt-4o', tokens: '300', same: '300' },
    { model: 'gpt-unheard-of', tokens: '70', cost: '0' },
  ]);
});

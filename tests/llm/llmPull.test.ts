import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRollUpUsage } from '../../activities/llm/pull/rollUpUsage.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { KEYS } from '../mcp/llm/llmWorld.ts';
import type { BookEntry } from '../mcp/llm/toBuckets.ts';
import { type LlmPullWorld, startLlmPullWorld } from './llmPullWorld.ts';

// Days that the tracker's own clock lets be asked for, with room for an outage after them.
const DAY = addDays(utcDay(new Date()), -5);
const NEXT = addDays(DAY, 1);
const at = (day: string, time: string) => `${day}T${time}:00Z`;

let world: LlmPullWorld;

beforeAll(async () => {
  world = await startLlmPullWorld();
}, 120_000);
afterAll(() => world.close());
beforeEach(() => {
  for (const book of Object.values(world.books)) book.length = 0;
  world.openai.clear();
  world.anthropic.clear();
  world.setNow(at(DAY, '13:07'));
});

const call = (instant: string, input = 100, key = 'key_chat'): BookEntry => ({
  at: Date.parse(instant),
  groups: {
    project_id: 'proj_1',
    api_key_id: key,
    model: 'gpt-4o',
    service_tier: 'default',
    batch: false,
  },
  amounts: {
    input_tokens: String(input),
    input_cached_tokens: '40',
    output_tokens: '10',
    input_audio_tokens: '0',
    output_audio_tokens: '0',
    num_model_requests: '1',
  },
});

const stored = (connectionId: string) =>
  world.api.services.db
    .selectFrom('llm_usage')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('bucket_start')
    .orderBy('api_key_id')
    .execute();

const requestsOf = async (connectionId: string) =>
  (await stored(connectionId)).reduce((sum, row) => sum + Number(row.requests), 0);

const watermark = async (connectionId: string) => {
  const row = await world.api.services.db
    .selectFrom('llm_pulls')
    .select('pulled_until')
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  return row && new Date(row.pulled_until).toISOString();
};

const health = (connectionId: string) =>
  world.api.services.db
    .selectFrom('connections')
    .select(['health_status', 'usage_health_status', 'usage_health_code', 'usage_health_detail'])
    .where('id', '=', connectionId)
    .executeTakeFirstOrThrow();

/** A call every ten minutes of two days. */
const twoDays = () =>
  Array.from({ length: 288 }, (_, i) =>
    call(new Date(Date.parse(at(DAY, '00:00')) + i * 600_000).toISOString()),
  );

test('a first poll stores hours, then minutes; what is newer than may be asked for waits', async () => {
  const id = await world.addConnection('openai');
  world.books.completions.push(
    call(at(addDays(DAY, -9), '08:15')),
    call(at(addDays(DAY, -9), '08:45')),
    call(at(DAY, '12:30')),
    // The provider's clock is ahead of ours.
    call(at(DAY, '13:02')),
    call(at(DAY, '15:00')),
  );
  world.books.embeddings.push(call(at(DAY, '12:30')));
  await world.poll(id);
  const rows = await stored(id);
  expect(rows.map((row) => [row.bucket_seconds, row.endpoint, row.requests])).toEqual(
    expect.arrayContaining([
      [3600, 'completions', '2'],
      [60, 'completions', '1'],
      [60, 'embeddings', '1'],
    ]),
  );
  expect(rows).toHaveLength(3);
  expect(rows.find((row) => row.bucket_seconds === 3600)).toMatchObject({
    source: 'pull',
    model: 'gpt-4o',
    api_key_id: 'key_chat',
    project_id: 'proj_1',
    service_tier: 'default',
    input_tokens: '120',
    cached_input_tokens: '80',
    output_tokens: '20',
    // 120 at 2.50, 80 at 1.25 and 20 at 10 dollars a million.
    cost: '0.0006',
    unpriced: [],
  });
  expect(await watermark(id)).toBe(`${DAY}T13:02:00.000Z`);
});

test('more rows than a page of the tool holds are all stored', async () => {
  const id = await world.addConnection('openai');
  for (let i = 0; i < 700; i += 1)
    world.books.completions.push(
      call(new Date(Date.parse(at(DAY, '00:00')) + i * 60_000).toISOString()),
    );
  await world.poll(id);
  expect(await stored(id)).toHaveLength(700);
});

test('late buckets replace what was read, and keys that were deleted keep their ids', async () => {
  const id = await world.addConnection('openai');
  world.books.completions.push(call(at(DAY, '12:50')), call(at(DAY, '12:51'), 100, 'key_gone'));
  await world.poll(id);
  world.books.completions.push(call(at(DAY, '12:50'), 900), call(at(DAY, '12:45')));
  world.setNow(at(DAY, '13:12'));
  await world.poll(id);
  expect((await stored(id)).map((row) => [row.api_key_id, row.input_tokens])).toEqual([
    ['key_chat', '60'],
    ['key_chat', '920'],
    ['key_gone', '60'],
  ]);
});

test('after an outage of hours there is no gap, and no call counts twice', async () => {
  const id = await world.addConnection('openai');
  world.books.completions.push(...twoDays());
  await world.poll(id);
  expect(await requestsOf(id)).toBe(79);
  world.setNow(at(NEXT, '19:07'));
  await world.poll(id);
  expect(await requestsOf(id)).toBe(259);
  expect(await watermark(id)).toBe(`${NEXT}T19:02:00.000Z`);
});

test('two polls at once store as one does', async () => {
  const id = await world.addConnection('openai');
  world.books.completions.push(...twoDays());
  await Promise.all([world.poll(id), world.poll(id)]);
  expect(await requestsOf(id)).toBe(79);
});

test('a worker that goes between two pages leaves the rest to the next one', async () => {
  const id = await world.addConnection('openai');
  world.books.completions.push(...twoDays());
  await world.poll(id);
  world.setNow(at(NEXT, '19:07'));
  const second = Date.parse(at(NEXT, '00:00')) / 1000;
  let cuts = 0;
  world.openai.answer(({ params }) => {
    if (Number(params.get('start_time')) < second) return undefined;
    cuts += 1;
    return { cut: true };
  });
  const handle = await world.startPoll(id);
  await expect.poll(() => cuts, { timeout: 20_000 }).toBeGreaterThan(0);
  await world.restartWorker();
  world.openai.answer(() => undefined);
  await handle.result();
  expect(await requestsOf(id)).toBe(259);
}, 60_000);

test('a provider that throttles is asked again', async () => {
  const id = await world.addConnection('openai');
  world.books.completions.push(call(at(DAY, '12:50')));
  world.openai.answer((_, index) =>
    index === 0 ? { status: 429, headers: { 'retry-after': '1' }, body: '{}' } : undefined,
  );
  await world.poll(id);
  expect(await requestsOf(id)).toBe(1);
}, 60_000);

test('a refused key is seen in the connection until a poll goes well', async () => {
  const id = await world.addConnection('openai');
  world.openai.answer(() => ({ status: 403, body: '{}' }));
  await expect(world.poll(id)).rejects.toThrow();
  expect(await health(id)).toMatchObject({
    // Polls of costs say nothing yet.
    health_status: 'unknown',
    usage_health_status: 'failed',
    usage_health_code: 'permission_missing',
  });
  expect(await watermark(id)).toBeUndefined();
  world.openai.answer(() => undefined);
  // The tracker remembers a refusal for a while; the next day is another question.
  world.setNow(at(NEXT, '13:07'));
  await world.poll(id);
  expect(await health(id)).toMatchObject({
    health_status: 'unknown',
    usage_health_status: 'healthy',
    usage_health_detail: null,
  });
});

test('Anthropic: kinds are disjoint, and requests are not counted', async () => {
  const id = await world.addConnection('anthropic');
  world.books.messages.push({
    at: Date.parse(at(DAY, '12:50')),
    groups: {
      workspace_id: null,
      api_key_id: 'apikey_1',
      model: 'claude-sonnet-4-5',
      service_tier: 'standard',
      context_window: '0-200k',
    },
    amounts: {
      input: '1000',
      cache_read: '2000',
      cache_write_1h: '3000',
      output: '400',
      web_search: '2',
    },
  });
  await world.poll(id);
  const rows = await stored(id);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    endpoint: 'messages',
    context_window: '0-200k',
    project_id: '',
    input_tokens: '1000',
    cached_input_tokens: '2000',
    cache_write_1h_tokens: '3000',
    output_tokens: '400',
    other_units: { web_search: '2' },
    requests: null,
    unpriced: [],
  });
});

test('long requests that the report does not tell apart: what they may add is kept with the price', async () => {
  const id = await world.addConnection('openai');
  const long = (time: string, input: number, requests: string): BookEntry => {
    const one = call(at(DAY, time), input);
    return {
      ...one,
      groups: { ...one.groups, model: 'gpt-5.4' },
      amounts: { ...one.amounts, num_model_requests: requests },
    };
  };
  world.books.completions.push(
    long('12:30', 400_000, '3'),
    long('12:31', 400_000, '1'),
    long('12:32', 272_000, '3'),
  );
  await world.poll(id);
  const rows = await stored(id);
  expect(rows.map((row) => [row.cost_parts, row.cost_may_add])).toEqual([
    [
      { input: '0.9999', cache_read: '0.00001', output: '0.00015' },
      { input: '0.9999', cache_read: '0.00001', output: '0.000075' },
    ],
    [{ input: '1.9998', cache_read: '0.00002', output: '0.000225' }, {}],
    [{ input: '0.6799', cache_read: '0.00001', output: '0.00015' }, {}],
  ]);
});

test('minutes that are old become hours with equal totals', async () => {
  const id = await world.addConnection('openai');
  world.books.completions.push(...twoDays());
  world.books.embeddings.push(call(at(DAY, '12:30')));
  await world.poll(id);
  await world.api.services.db
    .updateTable('llm_usage')
    .set({ cost_may_add: '{"output": "0.25"}' })
    .where('connection_id', '=', id)
    .execute();
  const totals = async () =>
    world.api.services.db
      .selectFrom('llm_usage')
      .select(({ fn }) => [
        sql<string>`trim_scale(sum((cost_may_add ->> 'output')::numeric))`.as('mayAdd'),
        fn.sum('input_tokens').as('input'),
        fn.sum('cached_input_tokens').as('cached'),
        fn.sum('requests').as('requests'),
        fn.sum('cost').as('cost'),
      ])
      .where('connection_id', '=', id)
      .executeTakeFirstOrThrow();
  const before = await totals();
  const count = (await stored(id)).length;
  const { db } = world.api.services;
  const rollUp = createRollUpUsage({ db, now: () => new Date(at(addDays(DAY, 41), '00:10')) });
  expect(await rollUp({ connectionId: id })).toBe(count);
  const rows = await stored(id);
  expect(new Set(rows.map((row) => row.bucket_seconds))).toEqual(new Set([3600]));
  expect(rows).toHaveLength(15);
  const after = await totals();
  expect(Number(after.cost)).toBeCloseTo(Number(before.cost), 12);
  expect({ ...after, cost: 0 }).toEqual({ ...before, cost: 0 });
  expect(Object.keys(rows[0]?.cost_parts as object).sort()).toEqual([
    'cache_read',
    'input',
    'output',
  ]);
  expect(await rollUp({ connectionId: id })).toBe(0);
});

test('no key is in a history or a log line', async () => {
  const text = [await world.histories(), ...world.logLines].join('\n');
  for (const key of Object.values(KEYS)) expect(text).not.toContain(key);
});

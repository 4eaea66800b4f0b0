import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, utcDay } from '../../core/time/day.ts';
import type { BookEntry } from '../mcp/llm/toBuckets.ts';
import { type LlmPullWorld, startLlmPullWorld } from './llmPullWorld.ts';

// From the provider's report to a proposal that waits for a person: a real worker, API, database, Temporal and llm-tracker.
const DAY = addDays(utcDay(new Date()), -2);
const NOW = Date.parse(`${DAY}T13:07:00Z`);
const HOUR_MS = 3_600_000;

let world: LlmPullWorld;

beforeAll(async () => {
  world = await startLlmPullWorld();
}, 120_000);
afterAll(() => world.close());

const call = (at: number, input: number): BookEntry => ({
  at,
  groups: {
    project_id: 'proj_1',
    api_key_id: 'key_agent',
    model: 'gpt-4o',
    service_tier: 'default',
    batch: false,
  },
  amounts: {
    input_tokens: String(input),
    input_cached_tokens: '0',
    output_tokens: String(Math.floor(input / 10)),
    input_audio_tokens: '0',
    output_audio_tokens: '0',
    num_model_requests: '5',
  },
});

const anomalies = (connectionId: string, kind: string) =>
  world.api.services.db
    .selectFrom('anomalies')
    .select(['id', 'status'])
    .where('connection_id', '=', connectionId)
    .where('kind', '=', kind)
    .execute();
const actions = (connectionId: string) =>
  world.api.services.db
    .selectFrom('actions')
    .select(['kind', 'resource_id', 'anomaly_id', 'status'])
    .where('connection_id', '=', connectionId)
    .execute();

test('a key that runs away is found by the next poll, and limiting it is proposed once', async () => {
  const { completions } = world.books;
  for (let hours = 24 * 12; hours > 0; hours -= 1)
    completions.push(call(NOW - hours * HOUR_MS, 20_000));
  world.setNow(new Date(NOW).toISOString());
  const id = await world.addConnection('openai', 'actions');
  await world.poll(id);
  expect(await anomalies(id, 'runaway_loop')).toEqual([]);
  // The provider's bill of these days is empty: input and output drift.
  expect(await anomalies(id, 'price_drift')).toHaveLength(2);
  // The loop begins; the report tells of it a few minutes later.
  for (let minute = 1; minute <= 20; minute += 1)
    completions.push(call(NOW + minute * 60_000, 900_000));
  world.setNow(new Date(NOW + 21 * 60_000).toISOString());
  await world.poll(id);
  const found = await anomalies(id, 'runaway_loop');
  expect(found).toMatchObject([{ status: 'open' }]);
  const proposed = {
    kind: 'limit_api_key',
    resource_id: 'key_agent',
    anomaly_id: found[0]?.id,
    status: 'proposed',
  };
  expect(await actions(id)).toEqual([proposed]);
  world.setNow(new Date(NOW + 26 * 60_000).toISOString());
  await world.poll(id);
  expect(await anomalies(id, 'runaway_loop')).toHaveLength(1);
  expect(await actions(id)).toEqual([proposed]);
});

test('a connection that may not act gets the finding and no proposal', async () => {
  world.setNow(new Date(NOW + 21 * 60_000).toISOString());
  const id = await world.addConnection('openai');
  await world.poll(id);
  expect(await anomalies(id, 'runaway_loop')).toHaveLength(1);
  expect(await actions(id)).toEqual([]);
});

test('where the provider refuses, what was pushed is judged all the same', async () => {
  const { db } = world.api.services;
  const id = await world.addConnection('openai');
  world.setNow(new Date(NOW).toISOString());
  await world.poll(id);
  const use = { connection_id: id, provider: 'openai', source: 'push', model: 'gpt-4o' };
  const rows = Array.from({ length: 20 }, (_, minute) => ({
    ...use,
    bucket_start: new Date(NOW + (minute + 1) * 60_000),
    bucket_seconds: 60,
    api_key_id: 'key_pushed',
    input_tokens: '900000',
    cost: '2.25',
    price_source: 'override',
  }));
  await db.insertInto('llm_usage').values(rows).execute();
  world.openai.answer(() => ({ status: 403, body: '{"error":{"message":"no"}}' }));
  world.setNow(new Date(NOW + 21 * 60_000).toISOString());
  await expect(world.poll(id)).rejects.toThrow();
  world.openai.clear();
  expect(await anomalies(id, 'runaway_loop')).toHaveLength(1);
});

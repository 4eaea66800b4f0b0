import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeLlm, type JudgeLlmResult } from '../../activities/llm/judge/judgeLlm.ts';
import { createPlatformApi, type PlatformApi } from '../../activities/platform/platformApi.ts';
import type { Anomaly } from '../../core/contracts/anomaly.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type UseCell } from '../../core/llm/detection/useView.ts';
import type { Database } from '../../db/connect.ts';
import type { TestUser } from '../api/createTestIdentities.ts';
import { addConnection } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import {
  byHour,
  type SimulatedEvent,
  type SimulatedKey,
  simulateUse,
} from '../../bench/llmSimulation/simulatedUse.ts';
import { storeUse } from './storeUse.ts';

const NOON = Date.parse('2026-11-18T12:00:00Z');
const KEY = { cached: 0.5, model: 'small', shape: 'always' } as const;
const KEYS: SimulatedKey[] = [
  { ...KEY, apiKeyId: 'key_busy', projectId: 'proj_a', tokens: 60_000 },
  { ...KEY, apiKeyId: 'key_quiet', projectId: 'proj_b', tokens: 5_000 },
];

let api: TestApi;
let db: Database;
let admin: TestUser;
let platform: PlatformApi;
let connectionId: string;

beforeEach(async () => {
  api = await startTestApi();
  db = api.services.db;
  admin = await api.signIn('admin');
  const service = await api.addService(['anomalies:write']);
  platform = createPlatformApi({
    baseUrl: api.url,
    audience: api.url,
    tokens: {
      get: () => Promise.resolve((service.as['authorization'] ?? '').replace('Bearer ', '')),
      forget: () => undefined,
    },
    fetch,
  });
  connectionId = await addConnection(db, { provider: 'openai' });
});
afterEach(() => api.close());

const LOOP = { apiKeyId: 'key_quiet', from: NOON, to: NOON + 40 * MINUTE_MS, volume: 120 };

/** Stores five weeks before noon by the hour, and three hours after it by the minute. */
async function store(events: SimulatedEvent[], isPushed = false): Promise<UseCell[]> {
  const cells = simulateUse(KEYS, events, { start: NOON, end: NOON + 3 * HOUR_MS }, 1);
  const past = byHour(cells.filter(({ at }) => at < NOON));
  const recent = byHour(
    cells.filter(({ at }) => at >= NOON),
    5 * MINUTE_MS,
  );
  await storeUse(db, connectionId, past, { bucketSeconds: 3600 });
  await storeUse(db, connectionId, recent, {
    bucketSeconds: 60,
    ...(isPushed && { userTag: 'night-batch' }),
  });
  return recent;
}

const judge = (minutes: number): Promise<JudgeLlmResult> =>
  new MockActivityEnvironment().run(judgeLlm.bind(undefined, { db, api: platform }), {
    connectionId,
    until: new Date(NOON + minutes * MINUTE_MS + 59_000).toISOString(),
  });

async function found(): Promise<Anomaly[]> {
  const reply = await api.call('GET', '/api/v1/anomalies?limit=200', { as: admin.as });
  return (reply.body as { items: Anomaly[] }).items;
}

describe('a loop', () => {
  test('is raised within fifteen minutes, grows as the same finding, and is over when it stops', async () => {
    const recent = await store([LOOP]);
    const early = await judge(0);
    expect(early).toEqual({ raised: 0, keyFindings: [] });
    const first = await judge(15);
    const [raised] = await found();
    expect(first).toEqual({
      raised: 1,
      keyFindings: [{ anomalyId: raised?.id, apiKeyId: 'key_quiet', projectId: 'proj_b' }],
    });
    expect(raised).toMatchObject({
      kind: 'runaway_loop',
      status: 'open',
      serviceName: 'OpenAI API',
      subAccountId: 'proj_b',
      startedOn: '2026-11-18',
      llm: { apiKeyId: 'key_quiet', startedAt: '2026-11-18T12:00:00.000Z' },
    });
    const again = await judge(15);
    expect(again).toEqual({ ...first, raised: 0 });
    await judge(40);
    const [grown] = await found();
    expect(grown?.id).toBe(raised?.id);
    const spent = recent
      .filter(({ at, apiKeyId }) => apiKeyId === 'key_quiet' && at < NOON + 40 * MINUTE_MS)
      .reduce((sum, { cost }) => sum + cost, 0);
    expect(Number(grown?.actual)).toBeCloseTo(spent, 3);
    expect(Number(grown?.impact)).toBeGreaterThan(0.9 * spent);
    await judge(75);
    await judge(110);
    const [over, ...others] = await found();
    expect(others).toEqual([]);
    expect(over).toMatchObject({ id: raised?.id, status: 'resolved', statusBy: null });
    expect(over?.impact).toBe(grown?.impact);
    expect(await judge(180)).toEqual({ raised: 0, keyFindings: [] });
  });

  test('names its key, project, model and user tag with shares that add up', async () => {
    await store([LOOP], true);
    await judge(15);
    const [{ drivers } = { drivers: [] }] = await found();
    for (const [dimension, value] of [
      ['x_ApiKeyId', 'key_quiet'],
      ['SubAccountId', 'proj_b'],
      ['x_Model', 'small'],
      ['x_UserTag', 'night-batch'],
    ]) {
      const own = drivers.filter((driver) => driver.dimension === dimension);
      expect(own[0]?.value).toBe(value);
      expect(own.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    }
  });

  test('that a person has called a false alarm is not proposed for and stays so', async () => {
    await store([LOOP]);
    await judge(15);
    const [raised] = await found();
    const said = await api.call('POST', `/api/v1/anomalies/${raised?.id}/feedback`, {
      as: admin.as,
      body: { verdict: 'false_alarm' },
    });
    expect(said.status).toBe(201);
    expect((await judge(35)).keyFindings).toEqual([]);
    await judge(120);
    expect(await found()).toMatchObject([{ id: raised?.id, status: 'false_alarm' }]);
  });
});

test('a price that drifts from the bill is a finding that names the class', async () => {
  const day = (days: number) => new Date(NOON - days * DAY_MS).toISOString().slice(0, 10);
  const row = (days: number, meter: string, ours: string | null, theirs: string) => ({
    connection_id: connectionId,
    day: day(days),
    model: 'claude-sonnet-4-5',
    meter,
    ours,
    theirs,
  });
  await db
    .insertInto('llm_reconciliations')
    .values([
      row(3, 'cache_write', '10', '10.02'),
      row(2, 'cache_write', '10', '12.5'),
      row(1, 'cache_write', '8', '10'),
      row(1, 'input', '100', '100.9'),
      row(1, 'output', '0.001', '0.009'),
      row(1, 'web_search', null, '5'),
    ])
    .execute();
  expect(await judge(0)).toEqual({ raised: 1, keyFindings: [] });
  const [drift, ...others] = await found();
  expect(others).toEqual([]);
  expect(drift).toMatchObject({
    kind: 'price_drift',
    startedOn: day(2),
    lastSeenOn: day(1),
    llm: { model: 'claude-sonnet-4-5', meter: 'cache_write', apiKeyId: null },
  });
  expect(Number(drift?.impact)).toBe(4.5);
  expect(drift?.explanation).toContain('cache_write of claude-sonnet-4-5');
  await db
    .updateTable('llm_reconciliations')
    .set({ ours: '10' })
    .where('day', '=', day(1))
    .where('meter', '=', 'cache_write')
    .execute();
  await judge(0);
  expect((await found())[0]?.status).toBe('resolved');
});

test('use without a known price counts as such: a loop of it is a finding', async () => {
  await store([LOOP]);
  await db
    .updateTable('llm_usage')
    .set({ cost: null, cost_parts: '{}', unpriced: ['input', 'output'], price_source: 'unknown' })
    .where('api_key_id', '=', 'key_quiet')
    .execute();
  expect((await judge(15)).raised).toBe(1);
});

test('use that was pushed does not count beside the provider’s report of the same time', async () => {
  const recent = await store([]);
  await db
    .insertInto('llm_pulls')
    .values({ connection_id: connectionId, pulled_until: new Date(NOON + 3 * HOUR_MS) })
    .execute();
  const many = recent.map((cell) => ({ ...cell, cost: cell.cost * 100 }));
  await storeUse(db, connectionId, many, { bucketSeconds: 60, userTag: 'twice' });
  expect((await judge(60)).raised).toBe(0);
});

test('a connection without language models has no use to judge', async () => {
  connectionId = await addConnection(db, { provider: 'aws' });
  await expect(judge(0)).rejects.toMatchObject({ code: 'connection_not_found' });
});

test('the daily detective does not take these findings for its own', async () => {
  await store([LOOP]);
  await judge(15);
  const view = await import('../../db/queries/detective/readConnectionView.ts');
  const { known } = await view.readConnectionView(db, {
    connectionId,
    from: '2026-10-01',
    metersFrom: '2026-10-01',
    findingsSince: '2026-10-01',
  });
  expect(known).toEqual([]);
});

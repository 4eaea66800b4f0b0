import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRecordPoll } from '../../activities/detective/recordPoll.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { recordPoll } from '../../db/queries/connections/recordPoll.ts';
import type { BookEntry } from '../mcp/llm/toBuckets.ts';
import { type LlmPullWorld, startLlmPullWorld } from './llmPullWorld.ts';

// How a connection says what is wrong with its polls of use, and what they make of bad days of the provider.
const DAY = addDays(utcDay(new Date()), -5);

let world: LlmPullWorld;

beforeAll(async () => {
  world = await startLlmPullWorld({ withoutKeys: true });
}, 120_000);
afterAll(() => world.close());
beforeEach(() => {
  for (const book of Object.values(world.books)) book.length = 0;
  world.openai.clear();
  world.setNow(`${DAY}T13:07:00Z`);
});

const call = (instant: string): BookEntry => ({
  at: Date.parse(instant),
  groups: {
    project_id: 'proj_1',
    api_key_id: 'key_1',
    model: 'gpt-4o',
    service_tier: 'default',
    batch: false,
  },
  amounts: {
    input_tokens: '100',
    input_cached_tokens: '0',
    output_tokens: '10',
    input_audio_tokens: '0',
    output_audio_tokens: '0',
    num_model_requests: '1',
  },
});

const requestsOf = async (connectionId: string) => {
  const { requests } = await world.api.services.db
    .selectFrom('llm_usage')
    .select(({ fn }) => fn.sum('requests').as('requests'))
    .where('connection_id', '=', connectionId)
    .executeTakeFirstOrThrow();
  return Number(requests);
};

const connectionOf = async (id: string) => {
  const { as } = await world.api.signIn('viewer');
  const { body } = await world.api.call('GET', `/api/v1/connections/${id}`, { headers: as });
  return body as Record<'health' | 'usageHealth', { status: string; code: string | null }>;
};

describe('without an admin key', () => {
  test.each([
    ['openai', 'OPENAI_ADMIN_KEY'],
    ['anthropic', 'ANTHROPIC_ADMIN_KEY'],
  ] as const)(
    '%s: the connection says to set %s, and its costs are not called unwell',
    async (provider, variable) => {
      const id = await world.addConnection(provider);
      expect(await connectionOf(id)).toMatchObject({
        usageHealth: { status: 'unknown' },
        usageLastPollAt: null,
      });
      await expect(world.poll(id)).rejects.toThrow();
      expect(await connectionOf(id)).toMatchObject({
        health: { status: 'unknown', code: null, detail: null },
        usageHealth: {
          status: 'failed',
          code: 'credentials_rejected',
          detail: expect.stringContaining(
            `Set ${variable} in the environment of this server`,
          ) as string,
        },
        usageLastPollAt: expect.any(String) as string,
        lastPollAt: null,
      });
    },
  );

  test('once it is set, the next poll makes the connection well by itself', async () => {
    const id = await world.addConnection('openai');
    world.books.completions.push(call(`${DAY}T12:50:00Z`));
    await expect(world.poll(id)).rejects.toThrow();
    await world.restartTracker();
    await world.poll(id);
    expect(await connectionOf(id)).toMatchObject({
      usageHealth: { status: 'healthy', code: null, detail: null },
    });
    expect(await requestsOf(id)).toBe(1);
  }, 120_000);

  test('a provider without language models has no such health', async () => {
    const { db } = world.api.services;
    const id = await world.addConnection('openai');
    await db.updateTable('connections').set({ provider: 'aws' }).where('id', '=', id).execute();
    expect(await connectionOf(id)).toMatchObject({ usageHealth: null });
  });
});

describe('with its keys', () => {
  beforeAll(() => world.restartTracker(), 120_000);

  test('a poll of costs that fails and one of use that goes well do not hide each other', async () => {
    const { db } = world.api.services;
    const id = await world.addConnection('openai');
    await db
      .updateTable('connections')
      .set({
        health_status: 'failed',
        health_code: 'permission_missing',
        health_detail: 'Grant it.',
      })
      .where('id', '=', id)
      .execute();
    await world.poll(id);
    expect(await connectionOf(id)).toMatchObject({
      health: { status: 'failed', code: 'permission_missing', detail: 'Grant it.' },
      usageHealth: { status: 'healthy' },
    });
  });

  test('nor do a poll of use that fails and one of costs that goes well', async () => {
    const { db } = world.api.services;
    const id = await world.addConnection('openai');
    world.openai.answer(() => ({ status: 403, body: '{}' }));
    await expect(world.poll(id)).rejects.toThrow();
    world.openai.clear();
    const { finishPoll } = createRecordPoll({ db });
    await finishPoll({ connectionId: id, scheduledAt: new Date().toISOString() });
    expect(await connectionOf(id)).toMatchObject({
      health: { status: 'healthy', code: null },
      lastPollAt: expect.any(String) as string,
      usageHealth: { status: 'failed' },
    });
  });

  test('an older poll that ends late does not overwrite what a newer one wrote', async () => {
    const id = await world.addConnection('openai');
    const ends = (scheduledAt: string, status: 'healthy' | 'failed') =>
      recordPoll(world.api.services.db, {
        connectionId: id,
        of: 'usage',
        scheduledAt,
        status,
        code: null,
        detail: null,
      });
    await ends('2026-11-26T10:05:00Z', 'healthy');
    await ends('2026-11-26T10:00:00Z', 'failed');
    expect((await connectionOf(id)).usageHealth.status).toBe('healthy');
  });

  test('the wait that the provider asks for is kept', async () => {
    const id = await world.addConnection('openai');
    world.openai.answer(() => ({ status: 429, headers: { 'retry-after': '437' }, body: '{}' }));
    const handle = await world.startPoll(id);
    const pending = async () => {
      const [activity] = (await handle.describe()).raw.pendingActivities ?? [];
      return {
        attempt: activity?.attempt,
        seconds: Number(activity?.currentRetryInterval?.seconds),
      };
    };
    await expect.poll(pending, { timeout: 30_000 }).toEqual({ attempt: 2, seconds: 437 });
    await handle.terminate();
  });

  test('a clock that is set back asks for nothing twice and loses nothing', async () => {
    const id = await world.addConnection('openai');
    world.books.completions.push(call(`${DAY}T12:50:00Z`), call(`${DAY}T13:20:00Z`));
    await world.poll(id);
    world.setNow(`${DAY}T11:00:00Z`);
    expect(await world.poll(id)).toMatchObject({ pages: 0 });
    expect(await requestsOf(id)).toBe(1);
    world.setNow(`${DAY}T13:30:00Z`);
    await world.poll(id);
    expect(await requestsOf(id)).toBe(2);
  });

  test('after an outage longer than minutes are read back, hours fill the gap exactly', async () => {
    const first = addDays(DAY, -20);
    const id = await world.addConnection('openai');
    // Three calls a day, from before the outage until its end.
    for (let day = first; day <= DAY; day = addDays(day, 1))
      for (const time of ['02:11', '02:12', '12:59'])
        world.books.completions.push(call(`${day}T${time}:00Z`));
    world.setNow(`${first}T13:07:00Z`);
    await world.poll(id);
    expect(await requestsOf(id)).toBe(3);
    world.setNow(`${DAY}T13:07:00Z`);
    await world.poll(id);
    expect(await requestsOf(id)).toBe(3 * 21);
    const widths = await world.api.services.db
      .selectFrom('llm_usage')
      .select('bucket_seconds')
      .distinct()
      .where('connection_id', '=', id)
      .orderBy('bucket_seconds')
      .execute();
    expect(widths.map((row) => row.bucket_seconds)).toEqual([60, 3600]);
  });
});

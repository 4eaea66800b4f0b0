import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays, utcDay } from '../../core/time/day.ts';
import type { StubCall } from '../mcp/llm/stubServer.ts';
import type { BookEntry } from '../mcp/llm/toBuckets.ts';
import { type LlmPullWorld, startLlmPullWorld } from './llmPullWorld.ts';

// The provider's pages and the tool's own, between a real llmPoll and a real llm-tracker: nothing is lost or counts twice.
const DAY = addDays(utcDay(new Date()), -5);
const MINUTES = 600;
const MINUTE_MS = 60_000;
const startOfDay = Date.parse(`${DAY}T00:00:00Z`);
const key = (minute: number) => `key_${minute % 3}`;

const PROVIDERS = {
  openai: {
    book: 'completions',
    path: '/v1/organization/usage/completions',
    entry: (minute: number): BookEntry => ({
      at: startOfDay + minute * MINUTE_MS,
      groups: {
        project_id: 'proj_1',
        api_key_id: key(minute),
        model: 'gpt-4o',
        service_tier: 'default',
        batch: false,
      },
      amounts: {
        input_tokens: String(1_000 + minute),
        input_cached_tokens: '0',
        output_tokens: '10',
        input_audio_tokens: '0',
        output_audio_tokens: '0',
        num_model_requests: '1',
      },
    }),
  },
  anthropic: {
    book: 'messages',
    path: '/v1/organizations/usage_report/messages',
    entry: (minute: number): BookEntry => ({
      at: startOfDay + minute * MINUTE_MS,
      groups: {
        workspace_id: null,
        api_key_id: key(minute),
        model: 'claude-sonnet-4-5',
        service_tier: 'standard',
        context_window: '0-200k',
      },
      amounts: { input: String(1_000 + minute), cache_read: '7', output: '10' },
    }),
  },
} as const;

// As whole numbers: 1,000 to 1,599.
const INPUT_TOKENS = MINUTES * 1_000 + (MINUTES * (MINUTES - 1)) / 2;

let world: LlmPullWorld;

beforeAll(async () => {
  world = await startLlmPullWorld();
}, 120_000);
afterAll(() => world.close());
beforeEach(() => {
  for (const book of Object.values(world.books)) book.length = 0;
  world.openai.clear();
  world.anthropic.clear();
  world.beforeCall(() => Promise.resolve());
  world.paging.bucketsMax = Number.MAX_SAFE_INTEGER;
  world.setNow(`${DAY}T13:07:00Z`);
});

const sums = (connectionId: string) =>
  world.api.services.db
    .selectFrom('llm_usage')
    .select(({ fn }) => [
      fn.countAll<string>().as('rows'),
      fn.sum('input_tokens').as('input'),
      fn.sum('output_tokens').as('output'),
    ])
    .where('connection_id', '=', connectionId)
    .executeTakeFirstOrThrow();

const EXACT = {
  rows: String(MINUTES),
  input: String(INPUT_TOKENS),
  output: String(MINUTES * 10),
};

const usageHealth = (connectionId: string) =>
  world.api.services.db
    .selectFrom('connections')
    .select(['usage_health_status as status', 'usage_health_code as code'])
    .where('id', '=', connectionId)
    .executeTakeFirstOrThrow();

// Buckets a page. One call of the tool may make 20 requests, and OpenAI has a report for each of its eight endpoints.
const SMALL = {
  openai: { first: 400, then: 450, furtherMin: 1 },
  anthropic: { first: 80, then: 110, furtherMin: 9 },
} as const;

describe.each(['openai', 'anthropic'] as const)('%s', (provider) => {
  const { first, then, furtherMin } = SMALL[provider];
  const { book, path, entry } = PROVIDERS[provider];
  const ownPages = () =>
    world[provider].calls.filter((call) => call.path === path && call.params.has('page'));
  const isFurtherPage = (call: StubCall) => call.path === path && call.params.has('page');
  const write = () => {
    for (let minute = 0; minute < MINUTES; minute += 1) world.books[book].push(entry(minute));
  };

  test('many small pages of the provider and several of the tool are read whole, once', async () => {
    write();
    world.paging.bucketsMax = first;
    const cursors: (string | undefined)[] = [];
    world.beforeCall((cursor) => {
      cursors.push(cursor);
      return Promise.resolve();
    });
    const id = await world.addConnection(provider);
    await world.poll(id);
    expect(await sums(id)).toEqual(EXACT);
    // The minutes of the day, beside the two weeks of hours before it.
    expect(ownPages().length).toBeGreaterThanOrEqual(furtherMin);
    const further = cursors.filter((cursor) => cursor !== undefined);
    expect(further.length).toBeGreaterThan(0);
    expect(new Set(further).size).toBe(further.length);
    // Read again, with pages cut elsewhere, it is the same.
    world.paging.bucketsMax = then;
    world.setNow(`${DAY}T14:12:00Z`);
    await world.poll(id);
    expect(await sums(id)).toEqual(EXACT);
  });

  test('an empty page that says there is more is not the end', async () => {
    write();
    world.paging.bucketsMax = first;
    // The first page is followed by one without any bucket, which leads to where the first one would have led.
    let isTold = false;
    world[provider].answer((call) => {
      if (isTold || !isFurtherPage(call)) return undefined;
      isTold = true;
      return {
        body: JSON.stringify({
          data: [],
          has_more: true,
          next_page: `${call.params.get('page') ?? ''}==`,
        }),
      };
    });
    const id = await world.addConnection(provider);
    await world.poll(id);
    expect(isTold).toBe(true);
    expect(await sums(id)).toEqual(EXACT);
  });

  test('a page that leads to itself fails the poll and stores nothing of the day; the next poll has it all', async () => {
    write();
    world.paging.bucketsMax = first;
    world[provider].answer((call) =>
      isFurtherPage(call)
        ? { body: JSON.stringify({ data: [], has_more: true, next_page: call.params.get('page') }) }
        : undefined,
    );
    const id = await world.addConnection(provider);
    await expect(world.poll(id)).rejects.toThrow();
    expect(await sums(id)).toMatchObject({ rows: '0' });
    expect(await usageHealth(id)).toEqual({ status: 'failed', code: 'provider_answer_invalid' });
    world[provider].clear();
    world.setNow(`${DAY}T13:12:00Z`);
    await world.poll(id);
    expect(await sums(id)).toEqual(EXACT);
    expect(await usageHealth(id)).toEqual({ status: 'healthy', code: null });
  });

  test('a page of the provider that went stale in the middle is read anew from the first', async () => {
    write();
    world.paging.bucketsMax = first;
    let refused = 0;
    world[provider].answer((call) => {
      if (refused > 0 || !isFurtherPage(call) || call.params.get('bucket_width') !== '1m')
        return undefined;
      refused += 1;
      return { status: 400, body: '{"error":{"message":"unknown page"}}' };
    });
    const id = await world.addConnection(provider);
    await world.poll(id);
    expect(refused).toBe(1);
    expect(await sums(id)).toEqual(EXACT);
  });

  test('a tracker started anew between two of its pages is asked again from the first', async () => {
    write();
    let restarts = 0;
    world.beforeCall(async (cursor) => {
      if (cursor === undefined || restarts > 0) return;
      restarts += 1;
      await world.restartTracker();
    });
    const id = await world.addConnection(provider);
    await world.poll(id);
    expect(restarts).toBe(1);
    expect(await sums(id)).toEqual(EXACT);
  }, 120_000);
});

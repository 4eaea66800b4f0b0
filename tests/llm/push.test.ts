import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../db/connect.ts';
import { storeCalls } from '../../db/queries/llm/storeCalls.ts';
import { fromLlmCall } from '../../core/llm/push/fromLlmCall.ts';
import { LlmCall, LlmPushReply } from '../../core/contracts/llmCall.ts';
import { priceLlmUse } from '../../core/llm/priceLlmUse.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { type PushWorld, startPushWorld, storedUsage } from './pushWorld.ts';

let world: PushWorld;
beforeAll(async () => {
  world = await startPushWorld();
});
afterAll(() => world.api.close());

const recent = (minutesAgo = 2) => new Date(Date.now() - minutesAgo * 60_000).toISOString();

const call = (given: Record<string, unknown> = {}) => ({
  connectionId: world.openai,
  callId: randomUUID(),
  at: recent(),
  model: 'gpt-4o',
  units: { input: 1000, cache_read: 500, output: 200 },
  ...given,
});

const push = (body: unknown) =>
  world.api.call('POST', '/api/v1/usage/llm', { as: world.gateway.as, body });

const pushed = async (body: unknown) => {
  const reply = await push(body);
  expect(reply.status, reply.text).toBe(200);
  return reply.read(LlmPushReply);
};

const rowsOf = async (model: string, connectionId = world.openai) =>
  (await storedUsage(world, connectionId)).filter((row) => row.model === model);

describe('counting', () => {
  test('one call is a row of its minute, with its kinds of use, its price and who it was for', async () => {
    const at = recent(3);
    const sent = call({
      at,
      apiKeyId: 'key_1',
      projectId: 'proj_1',
      serviceTier: 'default',
      endpoint: 'completions',
      userTag: 'search',
    });
    expect(await pushed(sent)).toEqual({ accepted: 1, duplicates: 0, refused: [] });
    const price = priceLlmUse(
      {
        provider: 'openai',
        model: 'gpt-4o',
        units: { input: '1000', cache_read: '500', output: '200' },
        at,
        serviceTier: 'default',
        contextWindow: '',
        requestInputTokens: '1500',
      },
      [],
    );
    expect(price.cost).not.toBeNull();
    const [row] = await rowsOf('gpt-4o');
    expect(row).toMatchObject({
      source: 'push',
      bucket_seconds: 60,
      provider: 'openai',
      api_key_id: 'key_1',
      project_id: 'proj_1',
      service_tier: 'default',
      endpoint: 'completions',
      user_tag: 'search',
      input_tokens: '1000',
      cached_input_tokens: '500',
      output_tokens: '200',
      requests: '1',
      cost: price.cost,
      cost_parts: price.parts,
      price_source: price.priceSource,
      unpriced: [],
    });
    expect(row?.bucket_start.toISOString()).toBe(`${at.slice(0, 16)}:00.000Z`);
  });

  test('calls of a minute add up, in one request and in many', async () => {
    const at = recent(10);
    const one = { at, userTag: 'adding', units: { input: 10, output: 3, web_search: 2 } };
    const sent = () => call({ ...one, model: 'gpt-4.1', callId: randomUUID() });
    await pushed({ calls: [sent(), sent()] });
    await Promise.all(Array.from({ length: 20 }, () => pushed(sent())));
    const [row, ...others] = await rowsOf('gpt-4.1');
    expect(others).toEqual([]);
    expect(row).toMatchObject({ input_tokens: '220', output_tokens: '66', requests: '22' });
    expect(row?.other_units).toEqual({ web_search: '44' });
    expect(row?.cost_may_add).toEqual({ web_search: '0.66' });
    const parts = Object.values(row?.cost_parts as Record<string, string>);
    if (row?.cost !== null) expect(Number(sumDecimals(parts))).toBe(Number(row?.cost));
  });

  test('inclusive numbers are taken apart', async () => {
    const tokens = {
      inputTokens: 1000,
      cachedInputTokens: 600,
      cacheWriteTokens: 100,
      outputTokens: 300,
      reasoningTokens: 250,
    };
    await pushed(call({ model: 'o3', units: undefined, tokens }));
    expect((await rowsOf('o3'))[0]).toMatchObject({
      input_tokens: '300',
      cached_input_tokens: '600',
      cache_write_tokens: '100',
      output_tokens: '50',
      reasoning_tokens: '250',
    });
  });

  test('a model without a price is counted, and its cost is unknown, not zero', async () => {
    await pushed(call({ model: 'nobody-knows-1' }));
    expect((await rowsOf('nobody-knows-1'))[0]).toMatchObject({
      cost: null,
      input_tokens: '1000',
      unpriced: ['cache_read', 'input', 'output'],
      price_source: 'unknown',
    });
  });

  test('a tier holds for the call, not for the sum of a minute', async () => {
    const { anthropic: connectionId } = world;
    const long = { connectionId, model: 'claude-sonnet-4-5', units: { input: 150_000 } };
    const at = recent(20);
    await pushed({ calls: [call({ ...long, at }), call({ ...long, at })] });
    await pushed(call({ ...long, at, units: { input: 250_000 } }));
    const rows = await rowsOf('claude-sonnet-4-5', connectionId);
    expect(rows.map((row) => [row.context_window, row.input_tokens]).sort()).toEqual([
      ['0-200k', '300000'],
      ['200k-1M', '250000'],
    ]);
    const short = rows.find((row) => row.context_window === '0-200k');
    // 3 USD a million.
    expect(Number(short?.cost)).toBe(0.9);
  });
});

describe('once only', () => {
  test('a call that comes again counts once, inside a request and later', async () => {
    const sent = call({ model: 'gpt-4o-mini' });
    expect(await pushed({ calls: [sent, sent] })).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(await pushed(sent)).toMatchObject({ accepted: 0, duplicates: 1 });
    expect((await rowsOf('gpt-4o-mini'))[0]).toMatchObject({ requests: '1' });
  });

  test('replicas that get the same calls at once, in any order, count each once', async () => {
    const calls = Array.from({ length: 300 }, (_, i) =>
      call({ model: 'gpt-5', userTag: `team-${i % 7}` }),
    );
    const read = calls.map((sent) => {
      const parsed = fromLlmCall(LlmCall.parse(sent), 'openai');
      if (parsed === undefined) throw new Error('The call is not valid.');
      return parsed;
    });
    const replicas = [1, 2, 3].map((n) =>
      connect(world.api.databaseUrl, { applicationName: `replica-${n}` }),
    );
    try {
      const counted = await Promise.all(
        replicas.flatMap(({ pool }, n) => [
          storeCalls(pool, n === 1 ? [...read].reverse() : read),
          storeCalls(pool, read.slice(100 * n)),
        ]),
      );
      expect(counted.flat().filter((isNew) => isNew)).toHaveLength(300);
    } finally {
      await Promise.all(replicas.map(({ close }) => close()));
    }
    const rows = await rowsOf('gpt-5');
    expect(rows).toHaveLength(7);
    expect(rows.reduce((sum, row) => sum + Number(row.requests), 0)).toBe(300);
  });

  test('the same id of another connection is another call', async () => {
    const sent = call({ model: 'shared-id' });
    const other = { ...sent, connectionId: world.anthropic };
    expect(await pushed({ calls: [sent, other] })).toMatchObject({ accepted: 2 });
  });

  test('ids are forgotten once their calls would be refused as too old', async () => {
    const { pool } = world.api.services;
    const old = randomUUID();
    await pool.query(
      `insert into llm_calls (connection_id, call_id, at, received_at) values ($1, $2, now(), now() - interval '36 days 1 minute'), ($1, $3, now(), now() - interval '35 days')`,
      [world.openai, `old ${old}`, `kept ${old}`],
    );
    await pushed(call());
    const { rows } = await pool.query<{ call_id: string }>(
      `select call_id from llm_calls where call_id like $1`,
      [`%${old}`],
    );
    expect(rows).toEqual([{ call_id: `kept ${old}` }]);
  });
});

describe('refusals', () => {
  test('calls that are too old, ahead of time or contradict themselves are named, the others count', async () => {
    const day = 24 * 60;
    const calls = [
      call({ at: recent(36 * day) }),
      call({ at: recent(34 * day) }),
      call({ at: recent(-6) }),
      call({ at: recent(-4) }),
      call({ units: undefined, tokens: { inputTokens: 5, cachedInputTokens: 6 } }),
    ];
    expect(await pushed({ calls })).toEqual({
      accepted: 2,
      duplicates: 0,
      refused: [
        { index: 0, callId: calls[0]?.callId, reason: 'too_old' },
        { index: 2, callId: calls[2]?.callId, reason: 'in_the_future' },
        { index: 4, callId: calls[4]?.callId, reason: 'inconsistent_tokens' },
      ],
    });
  });

  test.each([
    ['a field for a prompt', { prompt: 'secret' }, ['/calls/1/prompt']],
    ['a key in place of its id', { apiKeyId: 'sk-proj-abcdef' }, ['/calls/1/apiKeyId']],
    ['half a token', { units: { input: 0.5 } }, ['/calls/1/units/input']],
    ['an unknown kind', { units: { thoughts: 1 } }, ['/calls/1/units/thoughts']],
    ['both kinds of numbers', { tokens: { inputTokens: 1 } }, ['/calls/1/units']],
    ['no model', { model: '' }, ['/calls/1/model']],
    ['a time without a zone', { at: '2026-11-20T11:58:30' }, ['/calls/1/at']],
  ])('%s is refused by name, and nothing of the request is stored', async (_n, given, pointers) => {
    const good = call();
    const reply = await push({ calls: [good, call(given)] });
    expect(reply.refusal()).toEqual({ status: 400, code: 'invalid_request', pointers });
    expect(await pushed(good)).toMatchObject({ accepted: 1 });
  });

  test('a single call is refused by its own fields', async () => {
    const reply = await push(call({ model: 1, at: 'today', prompt: 'secret' }));
    expect(reply.refusal()).toMatchObject({ pointers: ['/at', '/model', '/prompt'] });
  });

  test('more than 1,000 calls are refused', async () => {
    const calls = Array.from({ length: 1_001 }, () => call());
    expect((await push({ calls })).refusal()).toMatchObject({ status: 400, pointers: ['/calls'] });
  });

  test('a connection that does not exist is 404, one of a cloud provider 422', async () => {
    const missing = await push(call({ connectionId: randomUUID() }));
    expect(missing.refusal()).toMatchObject({ status: 404, code: 'connection_not_found' });
    const cloud = await push(call({ connectionId: world.aws }));
    expect(cloud.refusal()).toMatchObject({ status: 422, code: 'unsupported' });
  });

  test('a connection that is deleted while its calls wait is 404, and nothing is kept', async () => {
    const read = fromLlmCall(LlmCall.parse(call({ connectionId: randomUUID() })), 'openai');
    if (read === undefined) throw new Error('The call is not valid.');
    const { pool } = world.api.services;
    await expect(storeCalls(pool, [read])).rejects.toMatchObject({ code: 'connection_not_found' });
    const kept = await pool.query('select from llm_calls where call_id = $1', [read.callId]);
    expect(kept.rowCount).toBe(0);
  });

  test('a database that is away is 503, and the same call counts when it is back', async () => {
    const sent = call({ model: 'gpt-4.1-mini' });
    world.api.wire.setOpen(false);
    world.api.wire.cut();
    const reply = await push(sent);
    world.api.wire.setOpen(true);
    expect(reply.refusal()).toMatchObject({ status: 503, code: 'database_unavailable' });
    expect(reply.headers.get('retry-after')).toBe('5');
    await expect.poll(async () => (await push(sent)).status).toBe(200);
    expect((await rowsOf('gpt-4.1-mini'))[0]).toMatchObject({ requests: '1' });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../costResults.ts';
import { runServerProgram } from '../serverProcess.ts';
import { at, PERIOD, START } from './books.ts';
import { freshOf, KEYS, startLlmWorld, type LlmWorld } from './llmWorld.ts';
import type { Stub, StubAnswer } from './stubServer.ts';

// Whatever stands in these must be found nowhere: not in a result, an error or the log.
const PLANTED = 'planted words of the provider';
const SECRETS = [KEYS.openai, KEYS.anthropic, PLANTED];
const PROVIDERS = ['openai', 'anthropic'] as const;
type Provider = (typeof PROVIDERS)[number];

let world: LlmWorld;
const programs: string[] = [];

beforeAll(async () => {
  world = await startLlmWorld();
  return () => world.close();
});

beforeEach(() => {
  world.openai.clear();
  world.anthropic.clear();
});

const stubOf = (provider: Provider): Stub => world[provider];
type Args = Parameters<LlmWorld['costs']>[0];
const ask = (provider: Provider, args: Partial<Args> = {}): Args => ({
  period: PERIOD,
  connectionIds: [freshOf(provider)],
  ...args,
});
const failure = (
  status: number,
  headers: Record<string, string> = {},
  message = '',
): StubAnswer => ({
  status,
  headers,
  body: JSON.stringify({ error: { message: `${PLANTED} ${message} for ${KEYS.openai}` } }),
});

describe.each(PROVIDERS)('an error of %s', (provider) => {
  test.each([
    [401, { code: 'AUTH_EXPIRED', retryable: false }],
    [403, { code: 'PERMISSION_MISSING', retryable: false }],
    [429, { code: 'THROTTLED', retryable: true }],
    [400, { code: 'INVALID_ARGUMENT', retryable: false }],
    [404, { code: 'UPSTREAM_FAILED', retryable: false }],
    [500, { code: 'UPSTREAM_FAILED', retryable: true }],
    [503, { code: 'UPSTREAM_FAILED', retryable: true }],
    [529, { code: 'UPSTREAM_FAILED', retryable: true }],
  ])('(HTTP %i) becomes a refusal that says what to do', async (status, expected) => {
    stubOf(provider).answer(() => failure(status));
    const refusal = await world.refusal('query_costs', ask(provider));
    expect(refusal).toMatchObject(expected);
    expect(refusal.text.length).toBeGreaterThan(40);
    expect(stubOf(provider).calls).toHaveLength(1);
  });

  test('about the key says that an admin key is needed, and where it is set', async () => {
    stubOf(provider).answer(() => failure(401));
    const { text } = await world.refusal('query_costs', ask(provider));
    expect(text).toMatch(/admin key.*not a project key/);
    expect(text).toContain(provider === 'openai' ? 'OPENAI_ADMIN_KEY' : 'ANTHROPIC_ADMIN_KEY');
  });

  test('about a permission is remembered for a while, and shown by describe_source', async () => {
    const args = ask(provider);
    stubOf(provider).answer(() => failure(403));
    const { permission } = await world.refusal('query_costs', args);
    await world.refusal('query_costs', args);
    expect(stubOf(provider).calls).toHaveLength(1);
    const { structuredContent } = await world.client.call('describe_source', {});
    const connections = structuredContent?.['connections'] as { connectionId: string }[];
    expect(
      connections.find(({ connectionId }) => connectionId === args.connectionIds?.[0]),
    ).toMatchObject({
      health: 'failed',
      error: 'PERMISSION_MISSING',
      missingPermissions: [permission],
    });
  });

  test('that passes is not remembered', async () => {
    const args = ask(provider);
    stubOf(provider).answer((_call, i) => (i === 0 ? failure(500) : undefined));
    await world.refusal('query_costs', args);
    expect((await world.costs(args)).rows).toHaveLength(3);
  });
});

test.each([
  ['query_costs', 'api.usage.read', {}],
  ['list_accounts', 'api.management.read', undefined],
])('a missing permission of OpenAI is named: %s needs %s', async (tool, scope, args) => {
  world.openai.answer(() => failure(403));
  const refusal = await world.refusal(
    tool,
    args ? ask('openai', args) : { connectionId: freshOf('openai') },
  );
  expect(refusal).toMatchObject({ code: 'PERMISSION_MISSING', permission: scope });
});

test('a scope that OpenAI names is taken, also where it answers 401', async () => {
  world.openai.answer(() => failure(401, {}, 'Missing scopes: api.management.read.'));
  expect(await world.refusal('query_costs', ask('openai'))).toMatchObject({
    code: 'PERMISSION_MISSING',
    permission: 'api.management.read',
  });
});

describe('throttling', () => {
  test.each<[string, Provider, Record<string, string>, number]>([
    ['seconds', 'openai', { 'retry-after': '7' }, 7_000],
    ['milliseconds', 'openai', { 'retry-after': '7', 'retry-after-ms': '6500' }, 7_000],
    ['OpenAI’s resets', 'openai', { 'x-ratelimit-reset-requests': '1m30s' }, 90_000],
    ['no header', 'anthropic', {}, 20_000],
  ])('is handed on with the time to wait: %s', async (_name, provider, headers, waitMs) => {
    stubOf(provider).answer(() => failure(429, headers));
    expect(await world.refusal('query_costs', ask(provider))).toMatchObject({
      code: 'THROTTLED',
      retryAfterMs: waitMs,
    });
  });

  test('by Anthropic’s reset is handed on with a time to wait', async () => {
    const reset = new Date(Date.now() + 3_600_000).toISOString();
    world.anthropic.answer(() => failure(429, { 'anthropic-ratelimit-requests-reset': reset }));
    const { retryAfterMs = 0 } = await world.refusal('query_costs', ask('anthropic'));
    expect(retryAfterMs).toBeGreaterThan(1_000_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });
});

interface PageOptions {
  start?: string;
  next?: string | null;
  has_more?: boolean;
}

const openAiPage = (
  results: unknown[],
  { start = START, next = null, has_more = next !== null }: PageOptions = {},
): StubAnswer => ({
  body: JSON.stringify({
    object: 'page',
    data: [
      {
        object: 'bucket',
        start_time: at(start) / 1000,
        end_time: at(day(start, 1)) / 1000,
        results,
      },
    ],
    has_more,
    next_page: next,
  }),
});
const anthropicPage = (
  results: unknown[],
  { start = START, next = null, has_more = next !== null }: PageOptions = {},
): StubAnswer => ({
  body: JSON.stringify({
    data: [{ starting_at: `${start}T00:00:00Z`, ending_at: `${day(start, 1)}T00:00:00Z`, results }],
    has_more,
    next_page: next,
  }),
});
const PAGE = { openai: openAiPage, anthropic: anthropicPage };
const AMOUNTS = {
  openai: {
    none: { amount: { value: 'a lot', currency: 'usd' } },
    withoutCurrency: { amount: { value: 1 } },
  },
  anthropic: {
    none: { amount: 'a lot', currency: 'USD' },
    withoutCurrency: { amount: '1' },
  },
};

describe.each(PROVIDERS)(
  'an answer of %s that does not hold is a failure, not costs:',
  (provider) => {
    test.each<[string, StubAnswer]>([
      ['HTML', { body: `<html>${PLANTED}</html>`, headers: { 'content-type': 'text/html' } }],
      ['half a page', { body: '{"object":"page","data":[{"start' }],
      ['a list', { body: '[]' }],
      ['null', { body: 'null' }],
      ['no amount', PAGE[provider]([{ currency: 'USD' }])],
      ['an amount that is no number', PAGE[provider]([AMOUNTS[provider].none])],
      ['an amount without currency', PAGE[provider]([AMOUNTS[provider].withoutCurrency])],
      ['another day', PAGE[provider]([], { start: day(START, -1) })],
      ['more, but not where', PAGE[provider]([], { has_more: true })],
      ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' }, body: '' }],
      ['a cut connection', { cut: true }],
    ])('%s', async (_name, answer) => {
      stubOf(provider).answer(() => answer);
      expect((await world.refusal('query_costs', ask(provider))).code).toBe('UPSTREAM_FAILED');
    });

    test('a page that leads to itself', async () => {
      stubOf(provider).answer(({ params }) =>
        PAGE[provider]([], { start: params.has('page') ? day(START, 1) : START, next: 'again' }),
      );
      const { code, text } = await world.refusal('query_costs', ask(provider));
      expect(code).toBe('UPSTREAM_FAILED');
      expect(text).toMatch(/never end/);
      expect(stubOf(provider).calls).toHaveLength(2);
    });

    test('pages that repeat a day', async () => {
      stubOf(provider).answer((_call, i) => PAGE[provider]([], { next: `page ${i}` }));
      const { text } = await world.refusal('query_costs', ask(provider));
      expect(text).toMatch(/same span of time twice/);
      expect(stubOf(provider).calls).toHaveLength(2);
    });

    test('pages without end stop at the limit of one call', async () => {
      const empty = (next: string) => ({
        body: JSON.stringify({ object: 'page', data: [], has_more: true, next_page: next }),
      });
      stubOf(provider).answer((_call, i) => empty(`page ${i}`));
      const { code } = await world.refusal('query_costs', ask(provider));
      expect(code).toBe('RESULT_TOO_LARGE');
      expect(stubOf(provider).calls).toHaveLength(20);
    });

    test('accounts whose pages lead nowhere', async () => {
      stubOf(provider).answer(() => ({
        body: JSON.stringify({ data: [{ id: 'a', name: null }], has_more: true, last_id: 'a' }),
      }));
      const refusal = await world.refusal('list_accounts', { connectionId: freshOf(provider) });
      expect(refusal.code).toBe('UPSTREAM_FAILED');
      expect(stubOf(provider).calls).toHaveLength(2);
    });
  },
);

test('tokens that are missing, or more than their whole, are a failure, not zero', async () => {
  const result = {
    object: 'organization.usage.completions.result',
    input_tokens: 10,
    output_tokens: 1,
    num_model_requests: 1,
  };
  const filter = { dimension: 'x_Endpoint', in: ['completions'] };
  const metrics: Args['metrics'] = ['ConsumedQuantity'];
  for (const wrong of [
    { ...result, input_tokens: undefined },
    { ...result, num_model_requests: undefined },
    { ...result, input_tokens: 1.5 },
    { ...result, input_tokens: -1 },
    { ...result, input_cached_tokens: 11 },
  ]) {
    world.openai.answer(() => openAiPage([wrong]));
    const refusal = await world.refusal('query_costs', ask('openai', { metrics, filter }));
    expect(refusal).toMatchObject({ code: 'UPSTREAM_FAILED', retryable: false });
  }
  world.openai.answer(() => openAiPage([result]));
  expect((await world.costs(ask('openai', { metrics, filter }))).rows).toHaveLength(3);
});

test('a key is never sent to the host that a redirect names', async () => {
  world.openai.answer(() => ({
    status: 307,
    headers: { location: `${world.anthropic.url}/v1/organizations/cost_report` },
    body: '',
  }));
  await world.refusal('query_costs', ask('openai'));
  expect(world.anthropic.calls).toEqual([]);
});

test.each(PROVIDERS)('a cancelled call ends the request to %s', async (provider) => {
  const controller = new AbortController();
  let seen = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    seen = resolve;
  });
  stubOf(provider).answer(() => {
    seen();
    return { hang: true };
  });
  const call = world.client
    .call('query_costs', ask(provider), { signal: controller.signal })
    .catch(() => undefined);
  await arrived;
  controller.abort();
  await stubOf(provider).calls[0]?.abandoned;
  await call;
  expect(stubOf(provider).calls).toHaveLength(1);
});

test('a clock of the provider that jumps does not change how old an answer is', async () => {
  const before = Date.now();
  world.openai.answer(() => ({
    ...(openAiPage([]) as { body: string }),
    headers: { date: 'Thu, 01 Jan 2099 00:00:00 GMT' },
  }));
  const { dataAsOf } = await world.costs(ask('openai'));
  expect(Date.parse(dataAsOf)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(dataAsOf)).toBeLessThanOrEqual(Date.now());
});

describe('a budget that is used up', () => {
  let small: LlmWorld;
  beforeAll(async () => {
    small = await startLlmWorld({ LLM_CALLS_PER_DAY: '2' });
    return () => small.close();
  });

  test('gives an older answer marked stale, and else says when it starts anew', async () => {
    const args = ask('openai', { maxAgeSeconds: 0 });
    await small.costs(args);
    await small.costs(args);
    const stale = await small.costs(args);
    expect(stale.sources).toMatchObject([{ status: 'stale' }]);
    expect(small.openai.calls).toHaveLength(2);
    const refusal = await small.refusal('query_costs', { ...args, groupBy: ['SkuMeter'] });
    expect(refusal).toMatchObject({
      code: 'BUDGET_EXHAUSTED',
      retryAfterMs: expect.any(Number) as number,
    });
  });
});

describe('--selfcheck', () => {
  const run = async (env: Record<string, string>) => {
    const { code, output } = await runServerProgram('llm-tracker', env, '--selfcheck');
    programs.push(output);
    return { code, output };
  };

  test('passes where both keys may read everything', async () => {
    const { code, output } = await run(world.env);
    expect(output.match(/^ok {4}/gm)).toHaveLength(6);
    expect(code).toBe(0);
  });

  test('names a missing permission', async () => {
    world.openai.answer(() => failure(403));
    const { code, output } = await run(world.env);
    expect(output).toMatch(/MISSING OpenAI \/organization\/costs.*api\.usage\.read/);
    expect(output).toMatch(/MISSING OpenAI \/organization\/projects.*api\.management\.read/);
    expect(code).toBe(1);
  });

  test('says which key is not set', async () => {
    const { code, output } = await run({});
    expect(output).toMatch(/skip {2}OpenAI: OPENAI_ADMIN_KEY is not set/);
    expect(output).toMatch(/FAILED no admin key is set/);
    expect(code).toBe(1);
  });
});

afterAll(() => {
  const everything = JSON.stringify(world.replies) + world.server.output() + programs.join('\n');
  expect(world.replies.length).toBeGreaterThan(60);
  expect(world.server.output()).toContain('PERMISSION_MISSING');
  for (const secret of SECRETS) expect(everything).not.toContain(secret);
  // A result never shows where in the code something failed.
  expect(JSON.stringify(world.replies)).not.toMatch(/\.ts:\d|node_modules/);
});

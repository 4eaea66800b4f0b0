import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshConnection, startAwsWorld, type AwsWorld } from './awsWorld.ts';
import type { CostArgs } from './toolCaller.ts';
import { dailyResults, day } from './costResults.ts';
import { runServerProgram } from './serverProcess.ts';

const S3 = 'Amazon Simple Storage Service';
const TODAY = new Date().toISOString().slice(0, 10);
const START = day(TODAY, -20);
const PERIOD = { start: START, end: day(START, 2) };
const GOOD = {
  json: { ResultsByTime: dailyResults(START, [[{ keys: [S3], amount: '1' }], []]) },
};
// Whatever stands in these must be found nowhere: not in a result, an error or the log.
const SECRETS = {
  accessKeyId: 'AKIAPLANTEDKEYID0001',
  secretKey: 'plantedSecretKey/0123456789abcdefghijklmn',
  sessionToken: 'plantedSessionToken0123456789',
  roleArn: 'arn:aws:sts::123456789012:assumed-role/PlantedRole/planted-session',
  upstreamText: 'planted words of the provider',
};

let world: AwsWorld;
const replies: unknown[] = [];

beforeAll(async () => {
  world = await startAwsWorld({
    AWS_ACCESS_KEY_ID: SECRETS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: SECRETS.secretKey,
    AWS_SESSION_TOKEN: SECRETS.sessionToken,
  });
  const { call } = world.client;
  world.client.call = async (...args) => {
    const reply = await call(...args);
    replies.push(reply);
    return reply;
  };
  return () => world.close();
});

beforeEach(() => {
  world.proxy.clear();
});

const ask = (args: Partial<CostArgs> = {}): CostArgs => ({
  period: PERIOD,
  groupBy: ['ServiceName'],
  connectionIds: [freshConnection()],
  ...args,
});

const awsError = (name: string, status = 400, headers: Record<string, string> = {}) => ({
  status,
  headers: { 'x-amzn-errortype': name, ...headers },
  json: { __type: name, message: `${SECRETS.upstreamText}: ${SECRETS.roleArn} is not allowed` },
});

describe('an error of AWS', () => {
  test.each([
    ['AccessDeniedException', { code: 'PERMISSION_MISSING', permission: 'ce:GetCostAndUsage' }],
    ['ExpiredTokenException', { code: 'AUTH_EXPIRED', retryable: false }],
    ['UnrecognizedClientException', { code: 'AUTH_EXPIRED', retryable: false }],
    ['InvalidSignatureException', { code: 'AUTH_EXPIRED', retryable: false }],
    ['DataUnavailableException', { code: 'UNSUPPORTED', retryable: false }],
    ['ValidationException', { code: 'INVALID_ARGUMENT', retryable: false }],
    ['SomethingNewException', { code: 'UPSTREAM_FAILED', retryable: false }],
  ])('%s becomes a refusal that says what to do', async (name, expected) => {
    world.proxy.answer('GetCostAndUsage', () => awsError(name));
    const refusal = await world.refusal('query_costs', ask());
    expect(refusal).toMatchObject(expected);
    expect(refusal.text.length).toBeGreaterThan(60);
  });

  test('names the missing permission in describe_source as well', async () => {
    const connectionId = freshConnection();
    world.proxy.answer('GetCostAndUsage', () => awsError('AccessDeniedException'));
    await world.refusal('query_costs', ask({ connectionIds: [connectionId] }));
    const { structuredContent } = await world.client.call('describe_source', {});
    const connections = structuredContent?.['connections'] as { connectionId: string }[];
    expect(connections.find((c) => c.connectionId === connectionId)).toMatchObject({
      health: 'failed',
      error: 'PERMISSION_MISSING',
      missingPermissions: ['ce:GetCostAndUsage'],
    });
  });

  test('about a permission is remembered for a while, so that asking again is free', async () => {
    world.proxy.answer('GetCostAndUsage', () => awsError('AccessDeniedException'));
    const args = ask();
    await world.refusal('query_costs', args);
    await world.refusal('query_costs', args);
    expect(world.proxy.paid()).toHaveLength(1);
  });

  test('about accounts leaves the credentials’ own account, and says what is missing', async () => {
    world.proxy.answer('GetCostAndUsage', () => awsError('AccessDeniedException'));
    const reply = await world.client.call('list_accounts', { connectionId: freshConnection() });
    expect(reply.structuredContent).toMatchObject({
      rows: [{ SubAccountId: '123456789012', BillingAccountId: null }],
      sources: [
        { status: 'failed', error: 'PERMISSION_MISSING', permission: 'ce:GetCostAndUsage' },
      ],
    });
  });
});

describe('throttling', () => {
  test('that passes at the second try is not seen, but both tries are counted', async () => {
    world.proxy.answer('GetCostAndUsage', (_call, i) =>
      i === 0 ? awsError('ThrottlingException') : GOOD,
    );
    const { cost, rows } = await world.costs(ask());
    expect(rows).toHaveLength(1);
    expect(cost).toMatchObject({ upstreamCalls: 2, usd: '0.02' });
  });

  test('that stays is handed on with a time to wait, and is not remembered', async () => {
    const args = ask();
    world.proxy.answer('GetCostAndUsage', (_call, i) =>
      i < 2 ? awsError('ThrottlingException') : GOOD,
    );
    expect(await world.refusal('query_costs', args)).toMatchObject({
      code: 'THROTTLED',
      retryable: true,
      retryAfterMs: expect.any(Number) as number,
    });
    expect((await world.costs(args)).rows).toHaveLength(1);
  });
});

describe('a broken answer', () => {
  test.each([
    ['HTML with status 500', { status: 500, html: '<html>planted words of the provider</html>' }],
    ['HTML with status 200', { status: 200, html: '<html>planted words of the provider</html>' }],
    ['a cut connection', { cut: true as const }],
    ['a 503', awsError('ServiceUnavailable', 503)],
  ])('(%s) is a failure, not costs', async (_name, answer) => {
    world.proxy.answer('GetCostAndUsage', () => answer);
    expect(await world.refusal('query_costs', ask())).toMatchObject({ code: 'UPSTREAM_FAILED' });
  });

  test('of one lost connection is made good by the SDK', async () => {
    world.proxy.answer('GetCostAndUsage', (_call, i) => (i === 0 ? { cut: true } : GOOD));
    expect((await world.costs(ask())).rows).toHaveLength(1);
  });

  const withResults = (change: (results: Record<string, unknown>[]) => unknown) => ({
    json: {
      ResultsByTime: change(structuredClone(GOOD.json.ResultsByTime) as Record<string, unknown>[]),
    },
  });

  test.each([
    ['no days', withResults(() => [])],
    ['a day too few', withResults((results) => results.slice(1))],
    ['other days', { json: { ResultsByTime: dailyResults(day(START, -1), [[], []]) } }],
    [
      'a longer span',
      withResults(([first, second]) => [
        { ...first, TimePeriod: { Start: START, End: day(START, 2) } },
        second,
      ]),
    ],
    ['no results at all', { json: {} }],
    [
      'a missing amount',
      withResults(([first, second]) => [
        { ...first, Groups: [{ Keys: [S3], Metrics: { UnblendedCost: { Unit: 'USD' } } }] },
        second,
      ]),
    ],
    [
      'a missing currency',
      withResults(([first, second]) => [
        { ...first, Groups: [{ Keys: [S3], Metrics: { UnblendedCost: { Amount: '1' } } }] },
        second,
      ]),
    ],
    [
      'an amount that is no number',
      withResults(([first, second]) => [
        {
          ...first,
          Groups: [{ Keys: [S3], Metrics: { UnblendedCost: { Amount: 'NaN', Unit: 'USD' } } }],
        },
        second,
      ]),
    ],
    [
      'a group without its name',
      withResults(([first, second]) => [
        { ...first, Groups: [{ Metrics: { UnblendedCost: { Amount: '1', Unit: 'USD' } } }] },
        second,
      ]),
    ],
  ])('with %s is refused and never cached', async (_name, answer) => {
    const args = ask();
    world.proxy.answer('GetCostAndUsage', () => answer);
    expect(await world.refusal('query_costs', args)).toMatchObject({
      code: 'UPSTREAM_FAILED',
      retryable: false,
    });
    world.proxy.answer('GetCostAndUsage', () => GOOD);
    expect((await world.costs(args)).rows).toHaveLength(1);
  });

  test('whose pages go round in a circle is cut', async () => {
    world.proxy.answer('GetCostAndUsage', ({ body }) => ({
      json: { ...GOOD.json, NextPageToken: body['NextPageToken'] === 'a' ? 'b' : 'a' },
    }));
    expect(await world.refusal('query_costs', ask())).toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect(world.proxy.paid()).toHaveLength(3);
  });

  test('whose pages never end is cut at the limit of one call', async () => {
    world.proxy.answer('GetCostAndUsage', (_call, i) => ({
      json: { ...GOOD.json, NextPageToken: `page-${i}` },
    }));
    expect(await world.refusal('query_costs', ask())).toMatchObject({ code: 'RESULT_TOO_LARGE' });
    expect(world.proxy.paid()).toHaveLength(20);
  });
});

describe('giving up', () => {
  test('a cancelled call ends its request to AWS', async () => {
    world.proxy.answer('GetCostAndUsage', () => ({ hang: true }));
    const controller = new AbortController();
    const call = world.client.call('query_costs', ask(), { signal: controller.signal });
    while (world.proxy.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    await expect(call).rejects.toThrow();
    await world.proxy.calls[0]?.abandoned;
    expect(world.proxy.calls).toHaveLength(1);
  });

  test('a cancelled call does not end the same question of somebody else', async () => {
    let release: () => void = () => undefined;
    const args = ask();
    world.proxy.answer('GetCostAndUsage', () => ({ hang: true }));
    const controller = new AbortController();
    const first = world.client.call('query_costs', args, { signal: controller.signal });
    first.catch(() => undefined);
    while (world.proxy.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const second = world.client.call('query_costs', args);
    const waited = new Promise<void>((resolve) => (release = resolve));
    setTimeout(release, 300);
    await waited;
    controller.abort();
    await expect(first).rejects.toThrow();
    // The request goes on for the second; cut it, and the SDK's second try is answered.
    world.proxy.answer('GetCostAndUsage', () => GOOD);
    world.proxy.cutHanging();
    expect((await second).isError).not.toBe(true);
  });
});

describe('the budget', () => {
  let small: AwsWorld;

  beforeAll(async () => {
    small = await startAwsWorld({ AWS_CE_CALLS_PER_DAY: '2' });
    return () => small.close();
  });

  test('ends paid requests, gives what is cached as stale, and says when it starts anew', async () => {
    small.proxy.answer('GetCostAndUsage', () => GOOD);
    const connectionIds = [freshConnection()];
    const args = ask({ connectionIds });
    expect((await small.costs(args)).cost.budgetLeft).toBe(1);
    expect((await small.costs({ ...args, metrics: ['EffectiveCost'] })).cost.budgetLeft).toBe(0);

    const refusal = await small.refusal('query_costs', { ...args, groupBy: ['RegionId'] });
    expect(refusal).toMatchObject({ code: 'BUDGET_EXHAUSTED', retryable: false });
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(86_400_000);
    expect(refusal.text).toMatch(/T00:00:00/);

    const stale = await small.costs({ ...args, maxAgeSeconds: 0 });
    expect(stale.sources).toEqual([{ connectionId: connectionIds[0], status: 'stale' }]);
    expect(stale.notes.join(' ')).toMatch(/used up/);
    expect(small.proxy.paid()).toHaveLength(2);

    expect((await small.costs(ask())).cost.budgetLeft).toBe(1);
  });
});

describe('--selfcheck', () => {
  const env = () => ({
    AWS_ENDPOINT_URL: world.proxy.url,
    AWS_ACCESS_KEY_ID: SECRETS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: SECRETS.secretKey,
    AWS_SESSION_TOKEN: SECRETS.sessionToken,
  });

  test('checks the credentials for free', async () => {
    const { code, output } = await runServerProgram('aws-cost', env(), '--selfcheck');
    expect(code).toBe(0);
    expect(output).toMatch(/ok +sts:GetCallerIdentity/);
    expect(output).toMatch(/skip +ce:GetCostAndUsage.*0\.01 USD/);
    expect(world.proxy.paid()).toEqual([]);
  });

  test('names a missing permission when it may pay', async () => {
    world.proxy.answer('GetCostAndUsage', () => awsError('AccessDeniedException'));
    const { code, output } = await runServerProgram('aws-cost', env(), '--selfcheck=paid');
    expect(code).toBe(1);
    expect(output).toMatch(/MISSING ce:GetCostAndUsage/);
    replies.push(output);
  });

  test('says when there are no credentials', async () => {
    const { code, output } = await runServerProgram(
      'aws-cost',
      {
        AWS_ENDPOINT_URL: world.proxy.url,
        AWS_EC2_METADATA_DISABLED: 'true',
        HOME: '/nonexistent',
      },
      '--selfcheck',
    );
    expect(code).toBe(1);
    expect(output).toMatch(/FAILED sts:GetCallerIdentity.*none were found/);
  });
});

afterAll(() => {
  const everything = JSON.stringify(replies) + world.server.output();
  expect(replies.length).toBeGreaterThan(30);
  expect(world.server.output()).toContain('PERMISSION_MISSING');
  for (const secret of Object.values(SECRETS)) expect(everything).not.toContain(secret);
  // A result never shows where in the code something failed.
  expect(JSON.stringify(replies)).not.toMatch(/\.ts:\d|node_modules/);
});

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { CostSeriesReply, TagKeys } from '../../core/contracts/usage.ts';
import type { CostRecord } from '../../core/focus/costRecord.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { charge } from '../../tests/api/charge.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let viewer: TestUser;
let aws: string;
let gcp: string;

beforeAll(async () => {
  api = await startTestApi();
  viewer = await api.signIn('viewer');
  aws = await addConnection(api.services.db, { name: 'production' });
  gcp = await addConnection(api.services.db, { name: 'data platform', provider: 'gcp' });
  await store(aws, 'aws', [
    charge('2026-10-31', '5', { serviceName: 'EC2', regionId: 'us-east-1', subAccountId: '1' }),
    charge('2026-11-01', '10.10', {
      serviceName: 'EC2',
      regionId: 'us-east-1',
      subAccountId: '1',
      tags: { team: 'web', "it's": '=1+1' },
    }),
    charge('2026-11-01', '0.05', { serviceName: 'S3', regionId: 'us-east-1', subAccountId: '1' }),
    charge('2026-11-02', '20.20', { serviceName: 'EC2', regionId: 'eu-west-1', subAccountId: '2' }),
    charge('2026-11-02', '-3', { serviceName: 'Credits' }),
    charge('2026-11-03', '1', { serviceName: 'constructor' }),
    charge('2026-11-03', '0.5', { serviceName: 'aws' }),
    charge('2026-11-02', '7', { serviceName: 'EC2', billingCurrency: 'EUR' }),
  ]);
  await store(gcp, 'gcp', [
    charge('2026-11-02', '2', {
      serviceName: 'BigQuery',
      regionId: 'europe-west1',
      tags: { team: 'web' },
    }),
    charge('2026-12-01', '4', { serviceName: 'BigQuery', regionId: 'europe-west1' }),
  ]);
});
afterAll(() => api.close());

async function store(connectionId: string, provider: 'aws' | 'gcp', rows: CostRecord[]) {
  await replaceCosts(api.services.pool, {
    connectionId,
    provider,
    from: '2026-10-01',
    to: '2027-01-01',
    rows,
    seenAt: new Date('2026-12-02T07:00:00Z'),
  });
}

type Reply = z.output<typeof CostSeriesReply>;
const ask = (query: string) => api.call('GET', `/api/v1/usage/costs?${query}`, { as: viewer.as });
const costs = async (query = ''): Promise<Reply> =>
  (await ask(`from=2026-11-01&to=2026-12-01${query}`)).read(CostSeriesReply);
const totals = (reply: Reply) =>
  Object.fromEntries(reply.groups.map((g) => [`${g.label} ${g.currency}`, g.total]));

test('costs are grouped by service and day, the largest group first, each currency apart', async () => {
  const reply = await costs();
  expect(reply).toMatchObject({ granularity: 'day', groupBy: 'service', dataUntil: '2026-11-03' });
  expect(reply.groups.map((g) => [g.key, g.currency, g.total])).toEqual([
    ['EC2', 'EUR', '7'],
    ['EC2', 'USD', '30.3'],
    ['BigQuery', 'USD', '2'],
    ['constructor', 'USD', '1'],
    ['aws', 'USD', '0.5'],
    ['S3', 'USD', '0.05'],
    ['Credits', 'USD', '-3'],
  ]);
  expect(reply.groups[1]?.points).toEqual([
    { date: '2026-11-01', cost: '10.1' },
    { date: '2026-11-02', cost: '20.2' },
  ]);
});

test('a group is labelled with its own name, whatever that name means elsewhere', async () => {
  const labels = (await costs()).groups.map((g) => [g.key, g.label]);
  for (const [key, label] of labels) expect(label).toBe(key);
});

test('the first day is included, the last is not', async () => {
  expect((await costs()).totals).toEqual([
    { currency: 'EUR', total: '7' },
    { currency: 'USD', total: '30.85' },
  ]);
  const oneDay = (await ask('from=2026-11-01&to=2026-11-02')).read(CostSeriesReply);
  expect(oneDay.totals).toEqual([{ currency: 'USD', total: '10.15' }]);
});

test.each([
  ['provider', { 'AWS EUR': '7', 'AWS USD': '28.85', 'Google Cloud USD': '2' }],
  ['connection', { 'production EUR': '7', 'production USD': '28.85', 'data platform USD': '2' }],
  [
    'account',
    { 'Without a value EUR': '7', '2 USD': '20.2', '1 USD': '10.15', 'Without a value USD': '0.5' },
  ],
  [
    'region',
    {
      'Without a value EUR': '7',
      'eu-west-1 USD': '20.2',
      'us-east-1 USD': '10.15',
      'europe-west1 USD': '2',
      'Without a value USD': '-1.5',
    },
  ],
])('grouped by %s', async (dimension, expected) => {
  expect(totals(await costs(`&group_by=${dimension}`))).toEqual(expected);
});

test('a value that the provider does not name has the key null and is no remainder', async () => {
  const { groups } = await costs('&group_by=account&currency=EUR');
  expect(groups).toMatchObject([{ key: null, label: 'Without a value', isRemainder: false }]);
});

test('months begin on their first day, and the newest day with costs stays a day', async () => {
  const reply = (
    await ask('from=2026-10-01&to=2027-01-01&granularity=month&currency=USD&group_by=provider')
  ).read(CostSeriesReply);
  expect(reply.dataUntil).toBe('2026-12-01');
  expect(reply.groups.map((g) => [g.label, g.points])).toEqual([
    [
      'AWS',
      [
        { date: '2026-10-01', cost: '5' },
        { date: '2026-11-01', cost: '28.85' },
      ],
    ],
    [
      'Google Cloud',
      [
        { date: '2026-11-01', cost: '2' },
        { date: '2026-12-01', cost: '4' },
      ],
    ],
  ]);
  const november = (await ask('from=2026-11-01&to=2026-12-01&granularity=month')).read(
    CostSeriesReply,
  );
  expect(november.dataUntil).toBe('2026-11-03');
});

describe('beyond the limit', () => {
  test('the rest of each currency is one remainder, last of its currency', async () => {
    const { groups, totals: sums } = await costs('&limit=2');
    expect(groups.map((g) => [g.key, g.label, g.isRemainder, g.currency, g.total])).toEqual([
      ['EC2', 'EC2', false, 'EUR', '7'],
      ['EC2', 'EC2', false, 'USD', '30.3'],
      ['BigQuery', 'BigQuery', false, 'USD', '2'],
      [null, 'All others', true, 'USD', '-1.45'],
    ]);
    expect(sums).toEqual((await costs()).totals);
  });

  test('a group without a value that is small is part of the remainder', async () => {
    const { groups } = await costs('&group_by=region&limit=1&currency=USD');
    expect(groups.map((g) => [g.key, g.isRemainder, g.total])).toEqual([
      ['eu-west-1', false, '20.2'],
      [null, true, '10.65'],
    ]);
  });
});

test.each([
  ['provider=gcp', '2'],
  ['service=EC2', '30.3'],
  ['account=1', '10.15'],
  ['region=us-east-1', '10.15'],
  ['provider=aws&service=EC2&region=eu-west-1&account=2', '20.2'],
])('filtered by %s', async (filter, total) => {
  expect((await costs(`&${filter}&currency=USD`)).totals).toEqual([{ currency: 'USD', total }]);
});

test('grouped by the values of a tag, over providers, and filtered by one', async () => {
  const team = await costs('&group_by=tag&tagKey=team&currency=USD');
  expect(team.groups.map((g) => [g.key, g.label, g.total])).toEqual([
    [null, 'Without a value', '18.75'],
    ['web', 'web', '12.1'],
  ]);
  expect(team.totals).toEqual([{ currency: 'USD', total: '30.85' }]);
  expect(totals(await costs('&tagKey=team&tag=web&currency=USD'))).toEqual({
    'EC2 USD': '10.1',
    'BigQuery USD': '2',
  });
  const none = await costs("&group_by=tag&tagKey='; drop table cost_records; --&currency=USD");
  expect(totals(none)).toEqual({ 'Without a value USD': '30.85' });
});

test('the tags that charges carry are named', async () => {
  const keys = async (query: string) =>
    (await api.call('GET', `/api/v1/usage/tag-keys?${query}`, { as: viewer.as })).read(TagKeys);
  expect(await keys('from=2026-11-01&to=2026-11-05')).toEqual({ items: ["it's", 'team'] });
  expect(await keys('from=2026-11-02&to=2026-11-05')).toEqual({ items: ['team'] });
  expect(await keys('from=2020-11-02&to=2020-11-05')).toEqual({ items: [] });
});

describe('as a file', () => {
  const file = (query: string) =>
    api.call('GET', `/api/v1/usage/costs.csv?from=2026-11-01&to=2026-11-03${query}`, {
      as: viewer.as,
    });

  test('each group and day has a line, with exact costs', async () => {
    const { status, headers, text } = await file('&group_by=service&currency=USD&limit=2');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/csv/);
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="costs-by-service-day-2026-11-01-2026-11-03.csv"',
    );
    expect(text.split('\r\n')).toEqual([
      'date,service,label,currency,cost',
      '2026-11-01,EC2,EC2,USD,10.1',
      '2026-11-02,EC2,EC2,USD,20.2',
      '2026-11-02,BigQuery,BigQuery,USD,2',
      '2026-11-01,,All others,USD,0.05',
      '2026-11-02,,All others,USD,-3',
      '',
    ]);
  });

  test('a tag that would be a formula is none', async () => {
    const { text } = await file("&group_by=tag&tagKey=it's&currency=USD");
    expect(text).toContain("\r\n2026-11-01,'=1+1,'=1+1,USD,10.1\r\n");
  });

  test('a wrong question is refused by name', async () => {
    expect((await file('&group_by=tag')).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers: ['tagKey'],
    });
  });
});

test('filtered by a connection', async () => {
  expect((await costs(`&connectionId=${gcp}`)).totals).toEqual([{ currency: 'USD', total: '2' }]);
});

test.each([
  ['a period without costs', 'from=2020-01-01&to=2020-02-01'],
  [
    'a connection that does not exist',
    `from=2026-11-01&to=2026-12-01&connectionId=${randomUUID()}`,
  ],
  ['a service that has none', 'from=2026-11-01&to=2026-12-01&service=Nothing'],
])('%s is an empty answer, not an error', async (_name, query) => {
  expect((await ask(query)).read(CostSeriesReply)).toMatchObject({
    groups: [],
    totals: [],
    dataUntil: null,
  });
});

test.each([
  ['', ['from', 'to']],
  ['from=2026-11-01', ['to']],
  ['from=2026-11-31&to=2026-12-01', ['from']],
  ['from=0000-01-01&to=2026-12-01', ['from']],
  ['from=2026-12-01&to=2026-11-01', ['to']],
  ['from=2020-01-01&to=2026-11-01', ['to']],
  ['from=2026-11-01&to=2026-12-01&granularity=hour', ['granularity']],
  ['from=2026-11-01&to=2026-12-01&group_by=tag', ['tagKey']],
  ['from=2026-11-01&to=2026-12-01&tag=web', ['tagKey']],
  ['from=2026-11-01&to=2026-12-01&tagKey=team&forecast=true', ['forecast']],
  ['from=2026-11-01&to=2026-12-01&group_by=price', ['group_by']],
  ['from=2026-11-01&to=2026-12-01&limit=0', ['limit']],
  ['from=2026-11-01&to=2026-12-01&limit=101', ['limit']],
  ['from=2026-11-01&to=2026-12-01&forecast=yes', ['forecast']],
  ['from=2026-11-01&to=2026-12-01&forecast=true&limit=26', ['limit']],
  ['from=2026-11-01&to=2026-12-01&service=%00', ['service']],
  ['from=2026-11-01&to=2026-12-01&currency=usd&provider=ibm', ['currency', 'provider']],
])('%s is refused by name', async (query, pointers) => {
  expect((await ask(query)).refusal()).toEqual({
    status: 400,
    code: 'invalid_request',
    pointers,
  });
});

describe('with forecast=true', () => {
  let steady: string;
  const day = (i: number) => addDays('2027-03-01', i);
  const daily = (count: number, cost: (i: number) => string, given: Partial<CostRecord>) =>
    Array.from({ length: count }, (_, i) => charge(day(i), cost(i), given));
  const wave = (i: number) => String(100 + (i % 7));
  const forecastOf = async (query: string) =>
    (await ask(`connectionId=${steady}&from=2027-03-01&forecast=true&${query}`)).read(
      CostSeriesReply,
    );

  beforeAll(async () => {
    steady = await addConnection(api.services.db, { name: 'steady' });
    await replaceCosts(api.services.pool, {
      connectionId: steady,
      provider: 'aws',
      from: '2027-03-01',
      to: '2027-07-01',
      rows: [
        ...daily(110, wave, { serviceName: 'EC2' }),
        ...daily(110, () => '10', { serviceName: 'S3' }),
        ...daily(110, () => '1', { serviceName: 'Queues' }),
        ...daily(110, () => '20', { serviceName: 'EC2', billingCurrency: 'EUR' }),
        ...daily(15, () => '-3', { serviceName: 'Credits' }),
      ],
      seenAt: new Date('2027-07-02T07:00:00Z'),
    });
  });

  test('each group and each currency is forecast to the end of the newest day’s month', async () => {
    const { groups, forecasts, dataUntil } = await forecastOf('to=2027-07-01&limit=2');
    expect(dataUntil).toBe('2027-06-18');
    const [euro, ec2, s3, rest] = groups.map(({ forecast }) => forecast!);
    expect(groups.map((g) => [g.label, g.currency])).toEqual([
      ['EC2', 'EUR'],
      ['EC2', 'USD'],
      ['S3', 'USD'],
      ['All others', 'USD'],
    ]);
    expect(euro).toMatchObject({ until: '2027-06-30', actualToDate: '360.0000' });
    expect(Number(euro!.expected)).toBeCloseTo(600, 0);
    expect(Number(ec2!.expected)).toBeGreaterThan(30 * 102);
    expect(Number(ec2!.expected)).toBeLessThan(30 * 104);
    expect(Number(s3!.expected)).toBeCloseTo(300, 0);
    // Queues alone by now: the credits ended in March.
    expect(Number(rest!.expected)).toBeCloseTo(30, 0);
    for (const { lower, expected, upper, actualToDate } of [euro!, ec2!, s3!, rest!]) {
      expect(Number(lower)).toBeLessThanOrEqual(Number(expected));
      expect(Number(expected)).toBeLessThanOrEqual(Number(upper));
      expect(Number(lower)).toBeGreaterThanOrEqual(Number(actualToDate));
      for (const text of [lower, expected, upper]) expect(text).toMatch(/^\d+\.\d{4}$/);
    }
    const sum = [ec2, s3, rest].reduce((total, one) => total + Number(one!.expected), 0);
    const usd = forecasts!.find(({ currency }) => currency === 'USD')!.forecast!;
    expect(Number(usd.expected)).toBeGreaterThan(sum * 0.99);
    expect(Number(usd.expected)).toBeLessThan(sum * 1.01);
    expect(forecasts).toHaveLength(2);
  });

  test('a forecast knows nothing of the days after the period that is asked for', async () => {
    const before = await forecastOf('to=2027-05-11');
    expect(before.groups[0]!.forecast!.until).toBe('2027-05-31');
    await api.services.db
      .updateTable('cost_daily')
      .set({ billed_cost: '99999' })
      .where('connection_id', '=', steady)
      .where('day', '>=', '2027-05-11')
      .execute();
    expect(await forecastOf('to=2027-05-11')).toEqual(before);
  });

  test('what cannot be told is null', async () => {
    const { groups, forecasts } = await forecastOf('to=2027-04-20&service=Credits');
    expect(groups).toMatchObject([{ label: 'Credits', forecast: null }]);
    expect(forecasts).toEqual([{ currency: 'USD', forecast: null }]);
    expect(await forecastOf('to=2027-04-20&service=Nothing')).toMatchObject({
      groups: [],
      forecasts: [],
    });
  });

  test.each(['provider', 'connection', 'account', 'region'])('groups by %s', async (dimension) => {
    const { groups, forecasts } = await forecastOf(
      `to=2027-04-20&group_by=${dimension}&currency=EUR`,
    );
    expect(groups).toHaveLength(1);
    expect(groups[0]!.forecast).toEqual(forecasts![0]!.forecast);
    expect(groups[0]!.forecast).not.toBeNull();
  });

  test('without it there is none', async () => {
    const reply = await costs();
    expect(reply).not.toHaveProperty('forecasts');
    for (const group of reply.groups) expect(group).not.toHaveProperty('forecast');
  });
});

test('for any costs and any limit the totals are the exact sum of what was stored', async () => {
  const random = await addConnection(api.services.db, { name: 'random' });
  const cents = fc
    .integer({ min: -1_000_000, max: 1_000_000_000 })
    .map((n) => (n / 1e4).toFixed(4));
  const rows = fc.array(
    fc.record({
      day: fc.integer({ min: 1, max: 28 }).map((d) => `2027-02-${String(d).padStart(2, '0')}`),
      cost: cents,
      serviceName: fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__', 'toString'),
      regionId: fc.constantFrom(null, 'x', 'y'),
      billingCurrency: fc.constantFrom('USD', 'EUR'),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('day', 'month'),
      async (given, limit, granularity) => {
        await replaceCosts(api.services.pool, {
          connectionId: random,
          provider: 'aws',
          from: '2027-02-01',
          to: '2027-03-01',
          rows: given.map(({ day, cost, ...rest }) => charge(day, cost, rest)),
          seenAt: new Date(),
        });
        const reply = (
          await ask(
            `from=2027-02-01&to=2027-03-01&limit=${String(limit)}&granularity=${granularity}`,
          )
        ).read(CostSeriesReply);
        for (const currency of ['USD', 'EUR']) {
          const stored = given.filter((row) => row.billingCurrency === currency);
          const groups = reply.groups.filter((g) => g.currency === currency);
          const expected = sumDecimals(stored.map((row) => row.cost));
          expect(reply.totals.find((t) => t.currency === currency)?.total ?? '0').toBe(expected);
          expect(sumDecimals(groups.flatMap((g) => g.points.map((p) => p.cost)))).toBe(expected);
          expect(groups.filter((g) => !g.isRemainder).length).toBeLessThanOrEqual(limit);
          for (const g of groups) expect(sumDecimals(g.points.map((p) => p.cost))).toBe(g.total);
        }
      },
    ),
    { numRuns: 25 },
  );
});

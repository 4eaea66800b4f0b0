import { listPaidResource } from '../actions/listPaidResource.ts';
import type { SavingScope } from '../../../core/savings/savingScope.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../../core/time/day.ts';
import { addLlmUse } from '../../../tests/api/addLlmUse.ts';
import { charge } from '../../../tests/api/charge.ts';
import { addConnection } from '../../../tests/api/samples.ts';
import { createTestDatabase } from '../../../tests/servers/createTestDatabase.ts';
import { connect, type Connected } from '../../connect.ts';
import { replaceCosts } from '../costs/replaceCosts.ts';
import { readSavingCosts } from './readSavingCosts.ts';

const FROM = '2026-06-01';

let connected: Connected;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'test-savings' });
  drop = database.drop;
});
afterAll(async () => {
  await connected.close();
  await drop();
});

test('the hours of both types, without those of another region, account or kind of charge', async () => {
  const id = await addConnection(connected.db);
  const hours = (day: number, cost: string, given: Parameters<typeof charge>[2] = {}) =>
    charge(addDays(FROM, day), cost, {
      regionId: 'us-west-2',
      subAccountId: '1',
      skuMeter: 'USW2-BoxUsage:m5.large',
      ...given,
    });
  const rows = [
    hours(0, '1.5'),
    hours(0, '2', { skuMeter: 'USW2-BoxUsage:m5.xlarge' }),
    hours(0, '100', { skuMeter: 'USW2-BoxUsage:m5.2xlarge' }),
    hours(0, '100', { regionId: 'us-east-1', skuMeter: 'BoxUsage:m5.large' }),
    hours(0, '100', { subAccountId: '2' }),
    hours(0, '100', { chargeCategory: 'Purchase' }),
    // A day without these hours, one of which nothing is known, and the newest, which are not settled.
    hours(1, '7', { skuMeter: 'other' }),
    ...[3, 4, 5, 6].map((day) => hours(day, '3')),
  ];
  const period = { from: FROM, to: addDays(FROM, 7) };
  const seenAt = new Date();
  await replaceCosts(connected.pool, {
    connectionId: id,
    provider: 'aws',
    ...period,
    rows,
    seenAt,
  });
  const scope: SavingScope = {
    basis: 'usage_type',
    usageTypes: ['BoxUsage:m5.large', 'BoxUsage:m5.xlarge'],
    accountId: '1',
    region: 'us-west-2',
  };
  expect(await readSavingCosts(connected.db, { id, provider: 'aws' }, scope, FROM)).toEqual({
    currencies: ['USD'],
    days: [
      { date: FROM, cost: '3.5' },
      { date: addDays(FROM, 1), cost: '0' },
      { date: addDays(FROM, 3), cost: '3' },
    ],
    settledUntil: addDays(FROM, 3),
  });
});

test('the use of a key and of a project of language models', async () => {
  const id = await addConnection(connected.db, { provider: 'openai' });
  const use = (day: number, key: string) => ({
    at: `${addDays(FROM, day)}T01:00:00Z`,
    units: { input: '1000000' },
    rates: { input: '0.000002' },
    model: 'gpt-5',
    project: 'proj_a',
    key,
    source: 'push' as const,
  });
  await addLlmUse(connected.db, id, [use(0, 'k1'), use(0, 'k2'), use(2, 'k2'), use(5, 'k1')]);
  const read = (scope: Parameters<typeof readSavingCosts>[2]) =>
    readSavingCosts(connected.db, { id, provider: 'openai' }, scope, FROM);
  const key = await read({ basis: 'api_key', apiKeyId: 'k1' });
  const project = await read({ basis: 'project', projectId: 'proj_a' });
  expect(key.settledUntil).toBe(addDays(FROM, 2));
  expect(key.days.map(({ cost }) => cost)).toEqual(['2', '0', '0']);
  expect(project.days.map(({ cost }) => cost)).toEqual(['4', '0', '2']);
});

test('nothing is told of a connection without costs', async () => {
  const id = await addConnection(connected.db);
  const scope = { basis: 'resource', resourceId: 'x' } as const;
  expect(await readSavingCosts(connected.db, { id, provider: 'gcp' }, scope, FROM)).toEqual({
    currencies: [],
    days: [],
    settledUntil: undefined,
  });
});

test.each([
  [
    'gcp',
    'projects/shop/zones/us-central1-a/instances/web',
    '//compute.googleapis.com/projects/shop/zones/us-central1-a/instances/web',
  ],
  ['azure', '/subscriptions/s/resourcegroups/shop/web', '/subscriptions/S/resourceGroups/Shop/Web'],
] as const)(
  'the charges of a resource at %s, as its bill writes the id',
  async (provider, resourceId, billed) => {
    const id = await addConnection(connected.db, { provider });
    // Google's days are settled late.
    const rows = Array.from({ length: 20 }, (_, day) => day).flatMap((day) => [
      charge(addDays(FROM, day), '2', { resourceId: billed }),
      charge(addDays(FROM, day), '100', { resourceId: `${billed}-2`, skuMeter: 'other' }),
    ]);
    const period = { from: FROM, to: addDays(FROM, 20) };
    await replaceCosts(connected.pool, {
      connectionId: id,
      provider,
      ...period,
      rows,
      seenAt: new Date(),
    });
    const scope: SavingScope = { basis: 'resource', resourceId };
    const { days } = await readSavingCosts(connected.db, { id, provider }, scope, FROM);
    expect(days[0]).toEqual({ date: FROM, cost: '2' });
    const since = new Date(`${FROM}T00:00:00Z`);
    const paid = { connectionId: id, resourceId, since };
    expect(await listPaidResource(connected.db, paid)).toMatchObject([
      { days: 20, currency: 'USD' },
    ]);
  },
);

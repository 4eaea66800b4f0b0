import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Anomaly } from '../../core/contracts/anomaly.ts';
import { UsageSummary } from '../../core/contracts/usage.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { insertAction } from '../../db/queries/actions/insertAction.ts';
import { ActionCreate } from '../../core/contracts/action.ts';
import { charge } from '../../tests/api/charge.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { actionProposal, addConnection, anomalyReport } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let operator: TestUser;
let aws: string;

beforeAll(async () => {
  api = await startTestApi();
  operator = await api.signIn('operator');
  aws = await addConnection(api.services.db);
  await replaceCosts(api.services.pool, {
    connectionId: aws,
    provider: 'aws',
    from: '2026-10-01',
    to: '2026-12-01',
    rows: [
      charge('2026-10-24', '1000', { serviceName: 'EC2' }),
      charge('2026-10-25', '10.10', { serviceName: 'EC2' }),
      charge('2026-11-01', '30.40', { serviceName: 'EC2' }),
      charge('2026-10-31', '5', { serviceName: 'Gone' }),
      charge('2026-11-07', '0.2', { serviceName: 'New' }),
      charge('2026-11-07', '8', { serviceName: 'EC2', billingCurrency: 'EUR' }),
      charge('2026-11-08', '1000', { serviceName: 'EC2' }),
    ],
    seenAt: new Date(),
  });
});
afterAll(() => api.close());

const ask = (query: string) =>
  api.call('GET', `/api/v1/usage/summary?${query}`, { as: operator.as });
const week = async (more = '') =>
  (await ask(`from=2026-11-01&to=2026-11-08${more}`)).read(UsageSummary);

test('a period stands beside the one of the same length before it, each currency apart', async () => {
  const summary = await week();
  expect(summary.previousFrom).toBe('2026-10-25');
  expect(summary.totals).toEqual([
    { currency: 'EUR', total: '8', comparedTotal: '8', previousTotal: '0', changePercent: null },
    {
      currency: 'USD',
      total: '30.6',
      comparedTotal: '30.6',
      previousTotal: '15.1',
      changePercent: 102.65,
    },
  ]);
});

test('what moved most comes first, with what is new and what is gone', async () => {
  const { movers } = await week();
  expect(movers.map((m) => [m.label, m.currency, m.previousTotal, m.total, m.change])).toEqual([
    ['EC2', 'USD', '10.1', '30.4', '20.3'],
    ['EC2', 'EUR', '0', '8', '8'],
    ['Gone', 'USD', '5', '0', '-5'],
    ['New', 'USD', '0', '0.2', '0.2'],
  ]);
});

test('days that were not told of yet are not compared', async () => {
  // The connection has told of everything up to the 8th.
  const summary = (await ask('from=2026-11-06&to=2026-11-12&currency=USD')).read(UsageSummary);
  expect(summary).toMatchObject({
    comparedTo: '2026-11-09',
    previousFrom: '2026-10-31',
    previousTo: '2026-11-03',
    totals: [{ total: '1000.2', comparedTotal: '1000.2', previousTotal: '35.4' }],
  });
  const begun = (await ask('from=2026-11-09&to=2026-11-12')).read(UsageSummary);
  expect(begun).toMatchObject({ comparedTo: '2026-11-09', totals: [], movers: [] });
});

test('a year before is the same dates', async () => {
  const later = await addConnection(api.services.db, { name: 'later' });
  await replaceCosts(api.services.pool, {
    connectionId: later,
    provider: 'aws',
    from: '2027-11-01',
    to: '2027-12-01',
    rows: [charge('2027-11-10', '1')],
    seenAt: new Date(),
  });
  const year = (await ask('from=2027-10-24&to=2027-11-02&compare=year')).read(UsageSummary);
  expect(year).toMatchObject({ previousFrom: '2026-10-24', previousTo: '2026-11-02' });
  expect(year.totals.map((total) => total.previousTotal)).toEqual(['1045.5']);
});

test('what moved is told by what is asked for', async () => {
  const by = async (query: string) =>
    (await week(`&currency=USD&${query}`)).movers.map((m) => [m.label, m.provider, m.change]);
  expect(await by('group_by=provider')).toEqual([['AWS', 'aws', '15.5']]);
  expect(await by('group_by=account')).toEqual([['Without a value', 'aws', '15.5']]);
  expect(await by('group_by=tag&tagKey=team')).toEqual([['Without a value', 'aws', '15.5']]);
});

test('at most eight services are named', async () => {
  const many = await addConnection(api.services.db);
  await replaceCosts(api.services.pool, {
    connectionId: many,
    provider: 'aws',
    from: '2026-01-01',
    to: '2026-02-01',
    rows: Array.from({ length: 12 }, (_, i) =>
      charge('2026-01-05', String(i + 1), { serviceName: `Service ${String(i)}` }),
    ),
    seenAt: new Date(),
  });
  const { movers } = (await ask('from=2026-01-01&to=2026-02-01')).read(UsageSummary);
  expect(movers.map((m) => m.total)).toEqual(['12', '11', '10', '9', '8', '7', '6', '5']);
});

test('filters hold for both periods', async () => {
  expect((await week('&service=EC2&currency=USD')).totals).toMatchObject([
    { total: '30.4', previousTotal: '10.1' },
  ]);
  expect((await week('&provider=gcp')).totals).toEqual([]);
});

test('a period without costs is empty', async () => {
  expect((await ask('from=2020-01-01&to=2020-02-01')).read(UsageSummary)).toMatchObject({
    totals: [],
    movers: [],
  });
});

test('counts the findings that are open and the actions that wait', async () => {
  expect(await week()).toMatchObject({ openAnomalies: 0, actionsWaiting: 0 });
  const report = (given: Record<string, unknown>) =>
    api.call('POST', '/api/v1/anomalies', { as: operator.as, body: anomalyReport(aws, given) });
  const { id } = (await report({})).read(Anomaly);
  await report({ startedOn: '2026-11-01' });
  await api.call('PATCH', `/api/v1/anomalies/${id}`, {
    as: operator.as,
    body: { status: 'expected' },
  });
  await insertAction(api.services.db, {
    id: operator.id,
    create: ActionCreate.parse(actionProposal(aws)),
    proposedBy: { kind: 'user', id: operator.id, name: operator.username },
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  expect(await week()).toMatchObject({ openAnomalies: 1, actionsWaiting: 1 });
});

describe('a wrong question', () => {
  test.each([
    ['from=2026-11-01', ['to']],
    ['from=1970-01-01&to=1970-01-01', ['to']],
    ['from=0001-01-01&to=0001-01-02', ['from', 'to']],
    ['from=2026-11-01&to=2026-11-02&limit=3', ['limit']],
    ['from=2026-11-01&to=2026-11-02&group_by=tag', ['tagKey']],
    ['from=2026-11-01&to=2026-11-02&compare=decade', ['compare']],
  ])('%s is refused by name', async (query, pointers) => {
    expect((await ask(query)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });

  test('the earliest and the latest period are answered', async () => {
    expect((await ask('from=1970-01-01&to=1970-01-02')).status).toBe(200);
    expect((await ask('from=9999-12-30&to=9999-12-31')).status).toBe(200);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Anomaly, AnomalyCostsList, AnomalySeries } from '../../core/contracts/anomaly.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import type { TestService, TestUser } from '../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../tests/api/readAllPages.ts';
import { addConnection, anomalyReport } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import { charge } from '../../tests/api/charge.ts';

let api: TestApi;
let detective: TestService;
let operator: TestUser;
let connectionId: string;

beforeAll(async () => {
  api = await startTestApi();
  detective = await api.addService(['anomalies:write', 'anomalies:read']);
  operator = await api.signIn('operator');
});
beforeEach(async () => {
  connectionId = await addConnection(api.services.db);
});
afterAll(() => api.close());

const report = (given: Record<string, unknown> = {}) =>
  api.call('POST', '/api/v1/anomalies', {
    as: detective.as,
    body: anomalyReport(connectionId, given),
  });
const get = async (id: string) =>
  (await api.call('GET', `/api/v1/anomalies/${id}`, { as: operator.as })).read(Anomaly);
const judge = (id: string, body: unknown) =>
  api.call('PATCH', `/api/v1/anomalies/${id}`, { as: operator.as, body });
const auditOf = (id: string) =>
  api.services.db
    .selectFrom('audit_log')
    .select(['operation', 'actor_kind', 'detail'])
    .where('subject', '=', `anomaly:${id}`)
    .orderBy('seq')
    .execute();

describe('a report', () => {
  test('is a new finding with 201, as it was sent', async () => {
    const reply = await report();
    expect(reply.status).toBe(201);
    const anomaly = reply.read(Anomaly);
    expect(anomaly).toMatchObject({ connectionId, provider: 'aws', status: 'open', kind: 'spike' });
    expect(anomaly.actionIds).toEqual([]);
    expect(await get(anomaly.id)).toEqual(anomaly);
  });

  test('keeps every decimal exactly', async () => {
    const long = '12345678901234567890.123456789012345678';
    const { id } = (
      await report({
        actual: long,
        expected: '0.10',
        lower: '-0.000000000000000001',
        upper: '0',
        impact: '100',
        drivers: [
          { dimension: 'RegionId', value: 'a', expected: '0.30', actual: long, share: 0.1 },
          { dimension: 'RegionId', value: 'b', expected: '0', actual: '1000', share: 0.2 },
        ],
      })
    ).read(Anomaly);
    expect(await get(id)).toMatchObject({
      actual: long,
      expected: '0.1',
      lower: '-0.000000000000000001',
      upper: '0',
      impact: '100',
      drivers: [
        { value: 'a', expected: '0.3', actual: long, share: 0.1 },
        { value: 'b', expected: '0', actual: '1000', share: 0.2 },
      ],
    });
  });

  test('of the same episode again is the same finding with 200, and grows', async () => {
    const first = (await report()).read(Anomaly);
    const reply = await report({
      lastSeenOn: '2026-11-20',
      actual: '130',
      impact: '250.5',
      kind: 'level_shift',
      severity: 'critical',
    });
    expect(reply.status).toBe(200);
    expect(reply.read(Anomaly)).toMatchObject({
      id: first.id,
      fingerprint: first.fingerprint,
      startedOn: '2026-11-18',
      lastSeenOn: '2026-11-20',
      actual: '130',
      impact: '250.5',
      kind: 'level_shift',
      severity: 'critical',
      createdAt: first.createdAt,
    });
  });

  test('that is older does not shrink it', async () => {
    const grown = (await report({ lastSeenOn: '2026-11-20', impact: '250' })).read(Anomaly);
    const reply = await report({ lastSeenOn: '2026-11-18', impact: '10', drivers: [] });
    expect(reply.status).toBe(200);
    expect(reply.read(Anomaly)).toEqual(grown);
  });

  test('sent twice word for word changes nothing, not even the time of its last change', async () => {
    const first = (await report()).read(Anomaly);
    expect((await report()).read(Anomaly)).toEqual(first);
  });

  test('replaces the drivers by those it names', async () => {
    const { id } = (await report()).read(Anomaly);
    const driver = {
      dimension: 'SkuMeter',
      value: 'BoxUsage',
      expected: '1',
      actual: '2',
      share: 1,
      isRemainder: false,
    };
    await report({ lastSeenOn: '2026-11-20', drivers: [driver] });
    expect((await get(id)).drivers).toEqual([driver]);
  });

  test('that differs in its drivers only replaces them', async () => {
    const { id } = (await report()).read(Anomaly);
    const driver = {
      dimension: 'SkuMeter',
      value: 'BoxUsage',
      expected: '1',
      actual: '2',
      share: 1,
      isRemainder: false,
    };
    await report({ drivers: [driver] });
    expect((await get(id)).drivers).toEqual([driver]);
  });

  test.each([
    ['another series', { serviceName: 'Amazon Simple Storage Service' }],
    ['another account', { subAccountId: null }],
    ['another region', { regionId: 'eu-west-1' }],
    ['another first day', { startedOn: '2026-11-17' }],
    ['another direction', { kind: 'drop' }],
    ['another currency', { currency: 'EUR' }],
  ])('of %s is another finding', async (_name, given) => {
    const first = (await report()).read(Anomaly);
    const other = await report(given);
    expect(other.status).toBe(201);
    expect(other.read(Anomaly).id).not.toBe(first.id);
  });

  test('names its connection in either case', async () => {
    const first = (await report()).read(Anomaly);
    const again = await report({ connectionId: connectionId.toUpperCase() });
    expect(again.status).toBe(200);
    expect(again.read(Anomaly).id).toBe(first.id);
  });

  test('of many at once is one finding', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => report()));
    expect(new Set(replies.map((reply) => reply.read(Anomaly).id)).size).toBe(1);
    expect(replies.map((reply) => reply.status).sort()).toEqual([
      ...Array<number>(7).fill(200),
      201,
    ]);
  });

  test('of a connection that does not exist is 404 and names the field', async () => {
    const reply = await report({ connectionId: randomUUID() });
    expect(reply.refusal()).toEqual({
      status: 404,
      code: 'connection_not_found',
      pointers: ['/connectionId'],
    });
  });

  test.each([
    [{ actual: 'much' }, ['/actual']],
    [{ startedOn: '2026-11-31' }, ['/startedOn']],
    [{ startedOn: '2026-11-20' }, ['/lastSeenOn']],
    [{ severity: 'extreme', currency: '$' }, ['/currency', '/severity']],
    [{ explanation: 'a\u0000b' }, ['/explanation']],
    [
      { drivers: [{ dimension: 'RegionId' }] },
      ['/drivers/0/actual', '/drivers/0/expected', '/drivers/0/share', '/drivers/0/value'],
    ],
    [{ id: randomUUID(), status: 'false_alarm' }, ['/id', '/status']],
  ])('with %j is refused by name', async (given, pointers) => {
    expect((await report(given)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });
});

describe('a judgement', () => {
  test('sets the status, keeps the reason, and is remembered as feedback', async () => {
    const { id } = (await report()).read(Anomaly);
    const reply = await judge(id, { status: 'expected', reason: 'Load test' });
    expect(reply.read(Anomaly)).toMatchObject({ status: 'expected', statusReason: 'Load test' });
    await judge(id, { status: 'open' });
    expect(await get(id)).toMatchObject({ status: 'open', statusReason: null });
    const feedback = await api.services.db
      .selectFrom('anomaly_feedback')
      .select(['status', 'reason', 'given_by'])
      .where('anomaly_id', '=', id)
      .orderBy('created_at')
      .execute();
    expect(feedback).toEqual([
      { status: 'expected', reason: 'Load test', given_by: operator.username },
      { status: 'open', reason: null, given_by: operator.username },
    ]);
  });

  test('by a person survives the next report', async () => {
    const { id } = (await report()).read(Anomaly);
    await judge(id, { status: 'false_alarm', reason: 'We moved' });
    await report({ lastSeenOn: '2026-11-21' });
    expect(await get(id)).toMatchObject({
      status: 'false_alarm',
      statusReason: 'We moved',
      lastSeenOn: '2026-11-21',
    });
  });

  test.each([
    [{}, ['/status']],
    [{ status: 'closed' }, ['/status']],
    [{ status: 'open', reason: '' }, ['/reason']],
    [{ status: 'open', reason: 'x'.repeat(501) }, ['/reason']],
    [{ status: 'open', reason: 'a\nb' }, ['/reason']],
    [{ status: 'open', severity: 'low' }, ['/severity']],
  ])('of %j is refused by name', async (body, pointers) => {
    const { id } = (await report()).read(Anomaly);
    expect((await judge(id, body)).refusal()).toMatchObject({ status: 400, pointers });
  });

  test('of nothing is 404', async () => {
    expect((await judge(randomUUID(), { status: 'open' })).refusal()).toMatchObject({
      status: 404,
      code: 'anomaly_not_found',
    });
  });
});

test('each write leaves exactly one audit entry', async () => {
  const { id } = (await report()).read(Anomaly);
  await report({ lastSeenOn: '2026-11-20' });
  await judge(id, { status: 'planned', reason: 'Sale' });
  expect(await auditOf(id)).toMatchObject([
    { operation: 'anomaly.create', actor_kind: 'service' },
    {
      operation: 'anomaly.update',
      actor_kind: 'service',
      detail: { before: { lastSeenOn: '2026-11-19' }, after: { lastSeenOn: '2026-11-20' } },
    },
    {
      operation: 'anomaly.judge',
      actor_kind: 'user',
      detail: { before: 'open', after: 'planned', reason: 'Sale' },
    },
  ]);
});

describe('the list', () => {
  const add = (count: number, given: Record<string, unknown> = {}) =>
    Promise.all(
      Array.from({ length: count }, (_, i) =>
        report({ serviceName: `Service ${randomUUID()} ${String(i)}`, ...given }),
      ),
    );
  const list = (query: string) => readAllPages(api, operator.as, `/api/v1/anomalies?${query}`);

  test('is newest first, and its pages put together are all of it', async () => {
    await add(7);
    const whole = await list(`limit=200&connectionId=${connectionId}`);
    expect(whole).toHaveLength(7);
    const times = whole.map((item) => String(item['createdAt']));
    expect(times).toEqual([...times].sort().reverse());
    for (const limit of [1, 2, 3, 7, 8])
      expect(await list(`limit=${String(limit)}&connectionId=${connectionId}`)).toEqual(whole);
  });

  test('with rows of the same millisecond loses none', async () => {
    await add(6);
    await api.services.db
      .updateTable('anomalies')
      .set({ created_at: new Date('2026-11-20T07:00:00.123Z') })
      .where('connection_id', '=', connectionId)
      .execute();
    const ids = (await list(`limit=2&connectionId=${connectionId}`)).map((item) => item['id']);
    expect(new Set(ids).size).toBe(6);
  });

  test('neither repeats nor loses a row when others are added between pages', async () => {
    await add(6);
    const before = await list(`limit=200&connectionId=${connectionId}`);
    const paged = await readAllPages(
      api,
      operator.as,
      `/api/v1/anomalies?limit=2&connectionId=${connectionId}`,
      () => add(2),
    );
    expect(paged).toEqual(before);
  });

  test('keeps only what a filter names', async () => {
    await add(2, { severity: 'low' });
    await add(1, { severity: 'critical' });
    const own = `connectionId=${connectionId}`;
    expect(await list(`${own}&severity=low`)).toHaveLength(2);
    expect(await list(`${own}&severity=critical&status=open`)).toHaveLength(1);
    expect(await list(`${own}&status=resolved`)).toHaveLength(0);
    expect(await list(`connectionId=${randomUUID()}`)).toHaveLength(0);
  });

  test.each([
    ['status=closed', ['status']],
    ['severity=none&connectionId=1', ['connectionId', 'severity']],
    ['cursor=garbage', ['cursor']],
    [`cursor=${encodeURIComponent(encodeURIComponent('["a"]'))}`, ['cursor']],
    [
      `cursor=${encodeURIComponent(encodeURIComponent(JSON.stringify(['2026-11-20T07:00:00Z', '-'.repeat(36)])))}`,
      ['cursor'],
    ],
  ])('refuses %s by name', async (query, pointers) => {
    const reply = await api.call('GET', `/api/v1/anomalies?${query}`, { as: operator.as });
    expect(reply.refusal()).toEqual({ status: 400, code: 'invalid_request', pointers });
  });
});

describe('the series around a finding', () => {
  test('has the costs of its series from sixty days before, and marks the episode', async () => {
    const day = (date: string, cost: string, given = {}) =>
      charge(date, cost, {
        subAccountId: '123456789012',
        serviceName: 'Amazon Elastic Compute Cloud - Compute',
        regionId: 'us-east-1',
        ...given,
      });
    await replaceCosts(api.services.pool, {
      connectionId,
      provider: 'aws',
      from: '2026-09-01',
      to: '2026-11-21',
      rows: [
        day('2026-09-01', '1'),
        day('2026-11-17', '40.10'),
        day('2026-11-18', '120'),
        day('2026-11-19', '121'),
        day('2026-11-19', '999', { regionId: 'eu-west-1' }),
        day('2026-11-19', '999', { billingCurrency: 'EUR' }),
      ],
      seenAt: new Date('2026-11-20T07:00:00Z'),
    });
    const { id } = (await report()).read(Anomaly);
    const reply = await api.call('GET', `/api/v1/anomalies/${id}/series`, { as: operator.as });
    const { currency, points } = reply.read(AnomalySeries);
    expect(currency).toBe('USD');
    expect(points.map(({ date, cost, anomalous }) => [date, cost, anomalous])).toEqual([
      ['2026-11-17', '40.1', false],
      ['2026-11-18', '120', true],
      ['2026-11-19', '121', true],
    ]);
  });

  test('is empty where no costs are stored', async () => {
    const { id } = (await report()).read(Anomaly);
    const reply = await api.call('GET', `/api/v1/anomalies/${id}/series`, { as: operator.as });
    expect(reply.read(AnomalySeries).points).toEqual([]);
  });
});

describe('the last days of each finding of a page', () => {
  const costs = async () => {
    const reply = await api.call('GET', `/api/v1/anomaly-costs?connectionId=${connectionId}`, {
      as: operator.as,
    });
    return reply.read(AnomalyCostsList).items;
  };

  test('are of its own series alone, to the last digit, and zero where nothing was charged', async () => {
    const { id } = (await report({ subAccountId: null })).read(Anomaly);
    const own = {
      serviceName: 'Amazon Elastic Compute Cloud - Compute',
      regionId: 'us-east-1',
    };
    await replaceCosts(api.services.pool, {
      connectionId,
      provider: 'aws',
      from: '2026-11-01',
      to: '2026-11-25',
      seenAt: new Date('2026-11-25T07:00:00Z'),
      rows: [
        charge('2026-11-18', '0.100000000000000001', own),
        charge('2026-11-18', '0.2', { ...own, skuMeter: 'another' }),
        charge('2026-11-18', '5', { ...own, regionId: 'eu-west-1' }),
        charge('2026-11-18', '7', { ...own, billingCurrency: 'EUR' }),
        charge('2026-11-19', '9', own),
        charge('2026-11-20', '11', own),
      ],
    });
    const [found] = await costs();
    expect(found).toMatchObject({ anomalyId: id, from: '2026-10-21' });
    expect(found?.costs).toHaveLength(30);
    expect(found?.costs.slice(-3)).toEqual(['0', '0.300000000000000001', '9']);
  });

  test('are empty where there is no finding', async () => {
    expect(await costs()).toEqual([]);
  });
});

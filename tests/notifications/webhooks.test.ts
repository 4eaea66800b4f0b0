import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type NotificationWorld, openNotificationWorld } from './notificationWorld.ts';
import { type Behaviour, type Receiver, startReceiver } from './receiver.ts';
import { readHistory } from '../servers/readHistory.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let world: NotificationWorld;
let receiver: Receiver;
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  world = await openNotificationWorld();
  stopWorker = await world.startWorker();
});
afterAll(async () => {
  await stopWorker();
  await world.close();
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  // A channel of an earlier test must not be told of the findings of the next.
  const page = await world.api.call('GET', '/api/v1/notification-channels', { as: world.admin.as });
  for (const { id } of (page.body as { items: { id: string }[] }).items)
    await world.deleteChannel(id);
  await receiver.close();
});

const slack = (route?: object) =>
  world.addChannel({ kind: 'slack', url: receiver.url, ...(route && { route }) });
const signed = () =>
  world.addChannel({ kind: 'webhook', url: receiver.url, signingSecret: SECRET });

describe('one incident', () => {
  test('is one message while it grows, with a link back', async () => {
    const channel = await slack();
    const { again, id } = await world.report({ severity: 'medium' });
    await world.until(channel.id, 'sent');
    await again({ lastSeenOn: '2026-11-20', impact: '900', severity: 'high' });
    await again({ lastSeenOn: '2026-11-21', impact: '1900', severity: 'critical' });
    await world.aWhile();
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.requests[0]?.body).toContain(`https://cost.example/anomalies/${id}`);
    expect(await world.log(channel.id)).toMatchObject([
      { kind: 'anomaly', subjectId: id, status: 'sent', attempts: 1, responseStatus: 200 },
    ]);
  });

  test('reaches a channel once it reaches the channel’s threshold, and only once', async () => {
    const all = await slack();
    const few = await slack({ minSeverity: 'critical', minImpact: '500' });
    const { again } = await world.report({ severity: 'high' });
    await world.until(all.id, 'sent');
    expect(await world.log(few.id)).toEqual([]);
    await again({ lastSeenOn: '2026-11-20', impact: '600' });
    expect(await world.log(few.id)).toEqual([]);
    await again({ lastSeenOn: '2026-11-21', impact: '700', severity: 'critical' });
    await world.until(few.id, 'sent');
    await again({ lastSeenOn: '2026-11-22', impact: '800', severity: 'critical' });
    await world.aWhile();
    expect(receiver.requests).toHaveLength(2);
  });

  test.each([
    [true, { providers: ['aws'], accounts: ['123456789012'], owners: ['data'] }],
    [false, { providers: ['gcp'] }],
    [false, { accounts: ['999'] }],
    [false, { owners: ['web'] }],
    [false, { connectionIds: ['0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11'] }],
  ])('goes (%s) by the route %j', async (isSent, route) => {
    const channel = await slack(route);
    await world.report({ owners: ['data'] });
    expect(await world.log(channel.id)).toHaveLength(isSent ? 1 : 0);
    if (isSent) await world.until(channel.id, 'sent');
  });

  test('that is expected from the start is told to nobody', async () => {
    const channel = await slack();
    await world.report({ status: 'expected', statusReason: 'the month’s first day' });
    expect(await world.log(channel.id)).toEqual([]);
  });

  test('is not told to a channel that is switched off, but a test of it is sent', async () => {
    const channel = await world.addChannel({ kind: 'slack', url: receiver.url, enabled: false });
    await world.report();
    expect(await world.log(channel.id)).toEqual([]);
    const queued = await world.sendTest(channel.id);
    expect(queued).toMatchObject({ kind: 'test', status: 'pending', attempts: 0 });
    expect(await world.until(channel.id, 'sent')).toMatchObject({ id: queued.id, attempts: 1 });
    expect(receiver.requests[0]?.body).toContain(`Test of ${channel.name}`);
  });
});

describe('a receiver that', () => {
  test.each<[string, Behaviour, number | null]>([
    ['breaks (500)', { status: 500 }, 500],
    ['is away for a moment (503)', { status: 503 }, 503],
    ['cuts the line', 'cut', null],
    ['never answers', 'hang', null],
  ])('%s is tried again, and recovers', async (_what, behaviour, status) => {
    const channel = await signed();
    receiver.next(behaviour, behaviour);
    await world.sendTest(channel.id);
    await expect
      .poll(async () => (await world.log(channel.id))[0], { timeout: 10_000 })
      .toMatchObject({
        status: 'pending',
        responseStatus: status,
        lastError: expect.stringContaining('127.0.0.1') as string,
      });
    const sent = await world.until(channel.id, 'sent');
    expect(sent).toMatchObject({ attempts: 3, lastError: null, responseStatus: 200 });
    expect(receiver.requests).toHaveLength(3);
  });

  test('throttles (429) is given the pause that it asks for', async () => {
    const channel = await slack();
    receiver.next({ status: 429, headers: { 'retry-after': '4' } });
    await world.sendTest(channel.id);
    await world.until(channel.id, 'sent');
    const [first, second] = receiver.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(4_000);
  });

  test('answers and then drips on has taken the message', async () => {
    const channel = await slack();
    receiver.next('drip');
    await world.sendTest(channel.id);
    expect(await world.until(channel.id, 'sent')).toMatchObject({ attempts: 1 });
  });

  test.each([
    [400, 'right kind'],
    [401, 'let CostGuard in'],
    [404, 'make a new one'],
    [410, 'make a new one'],
    [302, 'redirects are not followed'],
  ])('answers %d is not tried again, and the log says what to do', async (status, what) => {
    const channel = await slack();
    receiver.next({ status, headers: { location: `${receiver.url}/elsewhere` } });
    const { id } = await world.report();
    const failed = await world.until(channel.id, 'failed');
    expect(failed).toMatchObject({ attempts: 1, responseStatus: status, sentAt: null });
    expect(failed.lastError).toContain(what);
    await expect(world.handleOf(failed, `anomaly:${id}`).result()).rejects.toThrow();
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('what changes before a message is sent', () => {
  test('a finding that was judged, and a channel that was switched off, are skipped', async () => {
    await stopWorker();
    const judged = await slack();
    const { id } = await world.report();
    await world.api.call('PATCH', `/api/v1/anomalies/${id}`, {
      as: world.admin.as,
      body: { status: 'planned' },
    });
    const off = await slack({ owners: ['data'] });
    await world.report({ owners: ['data'], severity: 'low' });
    await world.patchChannel(off.id, { enabled: false });
    await world.patchChannel(judged.id, { route: { minSeverity: 'critical' } });
    stopWorker = await world.startWorker();
    expect((await world.until(off.id, 'skipped')).lastError).toContain('switched off');
    await expect
      .poll(async () => (await world.log(judged.id)).map(({ status }) => status))
      .toEqual(['sent', 'skipped']);
    expect(receiver.requests).toHaveLength(1);
  });

  test('a message that nobody tried to send yet tells the newest', async () => {
    await stopWorker();
    const channel = await slack();
    const { again } = await world.report({ explanation: 'The first day.' });
    await again({ lastSeenOn: '2026-11-20', explanation: 'The second day.' });
    stopWorker = await world.startWorker();
    await world.until(channel.id, 'sent');
    expect(receiver.requests.map(({ body }) => body.includes('The second day.'))).toEqual([true]);
  });
});

describe('workers', () => {
  test('that are away lose nothing: what was found meanwhile is sent when one is back', async () => {
    await stopWorker();
    const channel = await slack();
    for (let i = 0; i < 3; i += 1) await world.report();
    await world.aWhile();
    expect(receiver.requests).toHaveLength(0);
    stopWorker = await world.startWorker();
    await expect.poll(() => receiver.requests.length, { timeout: 15_000 }).toBe(3);
    expect((await world.log(channel.id)).map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  });

  test('that are two send each message once', async () => {
    const stopSecond = await world.startWorker();
    const channel = await slack();
    for (let i = 0; i < 5; i += 1) await world.report();
    await expect
      .poll(async () => (await world.log(channel.id)).map(({ status }) => status), {
        timeout: 15_000,
      })
      .toEqual(['sent', 'sent', 'sent', 'sent', 'sent']);
    await stopSecond();
    await world.aWhile();
    expect(receiver.requests).toHaveLength(5);
  });

  test('whose account may not open channels send nothing, and lose nothing', async () => {
    const mayOpen = (scopes: string[]) =>
      world.api.services.db
        .updateTable('service_accounts')
        .set({ scopes })
        .where('id', '=', world.sender.id)
        .execute();
    await mayOpen([]);
    const channel = await world.addChannel({ kind: 'slack', url: receiver.url });
    try {
      await world.sendTest(channel.id);
      await expect
        .poll(async () => (await world.log(channel.id))[0]?.lastError, { timeout: 20_000 })
        .toMatch(/did not open the channel.*notifications:send/);
      expect(await world.log(channel.id)).toMatchObject([{ status: 'pending' }]);
      expect(receiver.requests).toEqual([]);
    } finally {
      await mayOpen(['notifications:send']);
    }
    await world.until(channel.id, 'sent');
    expect(receiver.requests).toHaveLength(1);
  });

  test('that are told to send a message again, once it is sent, do nothing', async () => {
    const channel = await slack();
    const { id } = await world.report();
    const sent = await world.until(channel.id, 'sent');
    await world.handleOf(sent, `anomaly:${id}`).result();
    await world.api.services.db
      .updateTable('notification_deliveries')
      .set({ workflow_run_id: null })
      .where('id', '=', sent.id)
      .execute();
    await world.aWhile();
    expect(receiver.requests).toHaveLength(1);
  });

  test('whose workflow is cancelled in Temporal give the message up', async () => {
    const channel = await slack();
    receiver.next({ status: 503, headers: { 'retry-after': '3600' } });
    const { id } = await world.report();
    const waiting = await world.until(channel.id, 'pending');
    await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(1);
    await world.handleOf(waiting, `anomaly:${id}`).cancel();
    const failed = await world.until(channel.id, 'failed');
    expect(failed).toMatchObject({ attempts: 1, responseStatus: 503 });
  });
});

describe('a signed webhook', () => {
  test('is verified by the independent library, under one id over all tries', async () => {
    await signed();
    receiver.next({ status: 500 });
    const { id } = await world.report();
    await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(2);
    const [first, second] = receiver.requests;
    for (const { body, headers } of receiver.requests) {
      const verified = new Webhook(SECRET).verify(body, headers as Record<string, string>);
      expect(verified).toMatchObject({ type: 'anomaly.found', data: { subjectId: id } });
      const tampered = body.replace('anomaly.found', 'anomaly.gone');
      expect(() =>
        new Webhook(SECRET).verify(tampered, headers as Record<string, string>),
      ).toThrow();
    }
    expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
    expect(first?.body).toBe(second?.body);
    expect(first?.headers['webhook-timestamp']).not.toBe(second?.headers['webhook-timestamp']);
  });
});

test('a host that is private and not allowed is never connected to', async () => {
  const { port } = receiver;
  world.names.set('rebound.example', [
    { address: '93.184.216.34', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]);
  const channel = await world.addChannel({
    kind: 'slack',
    url: `https://rebound.example:${port}/x`,
  });
  await world.sendTest(channel.id);
  expect((await world.until(channel.id, 'failed')).lastError).toContain('NOTIFY_PRIVATE_HOSTS');
  expect(receiver.requests).toHaveLength(0);
});

test('no secret and no message stands in a history, a log, the audit log or an answer', async () => {
  const channel = await signed();
  receiver.next({ status: 500 }, { status: 404 });
  const { id, serviceName } = await world.report();
  const failed = await world.until(channel.id, 'failed');
  await world.patchChannel(channel.id, { url: `${receiver.url}/2`, signingSecret: SECRET });
  const handle = world.handleOf(failed, `anomaly:${id}`);
  await handle.result().catch(() => undefined);
  const decoded = JSON.stringify(await readHistory(await handle.fetchHistory()));
  expect(decoded).toContain(failed.id);
  const page = await world.api.call('GET', '/api/v1/notification-channels', { as: world.admin.as });
  const audit = await world.api.services.db.selectFrom('audit_log').selectAll().execute();
  expect(audit.map(({ operation }) => operation)).toEqual(
    expect.arrayContaining([
      'notification_channel.create',
      'notification_channel.change',
      'notification_channel.test',
      'notification_channel.delete',
    ]),
  );
  const rows = await world.api.services.db
    .selectFrom('notification_channels')
    .selectAll()
    .execute();
  const places = {
    decoded,
    apiLog: world.api.logLines.join('\n'),
    workerLog: world.workerLines.join('\n'),
    audit: JSON.stringify(audit),
    answers: page.text + JSON.stringify(failed),
    table: JSON.stringify(rows),
  };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(10);
    for (const secret of [SECRET, SECRET.slice(6), 'top-secret-path'])
      expect(text.includes(secret), `${secret} in ${place}`).toBe(false);
  }
  expect(decoded).not.toContain(serviceName);
});

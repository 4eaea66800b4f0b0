import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVICE_SCOPES } from '../../core/contracts/access.ts';
import { Channel, Delivery, DeliveryPage } from '../../core/contracts/notification.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../tests/api/readAllPages.ts';
import { addConnection, anomalyReport } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

const PATH = '/api/v1/notification-channels';
const URL = 'https://hooks.example/services/T0/secret';
const SIGNING_SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const SMTP = { host: 'smtp.example', from: 'a@corp.example', to: ['b@corp.example'] };

let api: TestApi;
let admin: TestUser;
let approver: TestUser;
let count = 0;

beforeAll(async () => {
  api = await startTestApi({ env: { NOTIFY_PRIVATE_HOSTS: 'mattermost.internal' } });
  admin = await api.signIn('admin');
  approver = await api.signIn('approver');
});
afterAll(() => api.close());

const newName = () => `channel ${String(++count)}`;
const create = (body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', PATH, { as: admin.as, body, headers });
const add = async (given: object = {}) =>
  (await create({ kind: 'slack', name: newName(), url: URL, ...given })).read(Channel);
const change = (id: string, body: unknown) =>
  api.call('PATCH', `${PATH}/${id}`, { as: admin.as, body });

describe('adding a channel', () => {
  test.each([
    ['slack', { url: URL }, 'hooks.example'],
    ['teams', { url: URL }, 'hooks.example'],
    ['webhook', { url: URL, signingSecret: SIGNING_SECRET }, 'hooks.example'],
    ['smtp', { smtp: SMTP }, 'smtp.example'],
    ['slack', { url: 'http://mattermost.internal:8065/hooks/x' }, 'mattermost.internal'],
  ])('of kind %s shows the host it sends to and nothing secret', async (kind, given, host) => {
    const reply = await create({ kind, name: newName(), ...given });
    expect(reply.status).toBe(201);
    const channel = reply.read(Channel);
    expect(channel).toMatchObject({
      kind,
      host,
      enabled: true,
      route: { minSeverity: 'low', budgets: true, approvals: true, escalations: false },
      lastDelivery: null,
    });
    const got = await api.call('GET', `${PATH}/${channel.id}`, { as: approver.as });
    expect(got.read(Channel)).toEqual(channel);
    for (const text of [reply.text, got.text]) expect(text).not.toMatch(/secret|whsec/i);
  });

  test('encrypts mail unless asked otherwise', async () => {
    const channel = await add({ kind: 'smtp', url: undefined, smtp: SMTP });
    expect(channel.smtp).toEqual({ ...SMTP, port: 587, security: 'starttls', username: null });
  });

  test('with a name that is taken is 409', async () => {
    const { name } = await add();
    expect((await create({ kind: 'slack', name, url: URL })).refusal()).toEqual({
      status: 409,
      code: 'name_taken',
      pointers: ['/name'],
    });
  });

  test('twice under one Idempotency-Key is one channel', async () => {
    const body = { kind: 'slack', name: newName(), url: URL };
    const headers = { 'idempotency-key': randomUUID() };
    const [first, second] = [await create(body, headers), await create(body, headers)];
    expect(second.read(Channel)).toEqual(first.read(Channel));
  });

  test.each([
    [{}, ['/kind', '/name']],
    [{ kind: 'pager', name: 'a' }, ['/kind']],
    [{ kind: 'slack', name: 'a' }, ['/url']],
    [{ kind: 'slack', name: 'a', url: 'nothing' }, ['/url']],
    [{ kind: 'slack', name: 'a', url: 'ftp://hooks.example/' }, ['/url']],
    [{ kind: 'slack', name: 'a', url: URL, smtp: SMTP }, ['/smtp']],
    [{ kind: 'webhook', name: 'a', url: URL, signingSecret: 'whsec_short' }, ['/signingSecret']],
    [{ kind: 'smtp', name: 'a', smtp: { ...SMTP, host: 'a b' } }, ['/smtp/host']],
    [{ kind: 'smtp', name: 'a', smtp: { ...SMTP, from: 'a@b\r\nBcc: x@y.zz' } }, ['/smtp/from']],
    [{ kind: 'smtp', name: 'a', smtp: { ...SMTP, to: [] } }, ['/smtp/to']],
    [{ kind: 'smtp', name: 'a', smtp: { ...SMTP, username: 'u' } }, ['/password']],
    [{ kind: 'slack', name: 'a', url: URL, route: { minImpact: '-1' } }, ['/route/minImpact']],
    [{ kind: 'slack', name: 'a', url: URL, route: { providers: ['ibm'] } }, ['/route/providers/0']],
    [{ kind: 'slack', name: 'a', url: URL, route: { owner: 'x' } }, ['/route/owner']],
  ])('with %j is refused by name', async (body, pointers) => {
    expect((await create(body)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });

  test.each([
    [{ kind: 'slack', name: 'a', url: 'http://hooks.example/' }, ['/url']],
    [{ kind: 'slack', name: 'a', url: 'https://127.0.0.1/' }, ['/url']],
    [{ kind: 'smtp', name: 'a', smtp: { ...SMTP, host: '10.0.0.1' } }, ['/smtp/host']],
    [{ kind: 'smtp', name: 'a', smtp: { ...SMTP, security: 'none' } }, ['/smtp/security']],
  ])('with %j is refused until the operator allows the host', async (body, pointers) => {
    expect((await create(body)).refusal()).toEqual({
      status: 422,
      code: 'notification_address_refused',
      pointers,
    });
  });
});

describe('changing a channel', () => {
  test('changes what is named; the rest and the secrets stay', async () => {
    const before = await add({ kind: 'webhook', signingSecret: SIGNING_SECRET });
    const route = {
      minSeverity: 'high',
      owners: ['data'],
      budgets: false,
      approvals: false,
      escalations: true,
    };
    const after = (await change(before.id, { enabled: false, route })).read(Channel);
    expect(after).toEqual({ ...before, enabled: false, route, updatedAt: after.updatedAt });
    expect((await change(before.id, { url: 'https://new.example/x' })).read(Channel).host).toBe(
      'new.example',
    );
  });

  test('to a name that is taken is 409', async () => {
    const [first, second] = [await add(), await add()];
    expect((await change(second.id, { name: first.name })).refusal().code).toBe('name_taken');
  });

  test('to what its kind does not have, or to a private address, is refused by name', async () => {
    const { id } = await add();
    expect((await change(id, { smtp: SMTP })).refusal().pointers).toEqual(['/smtp']);
    expect((await change(id, { url: 'https://10.0.0.1/x' })).refusal().pointers).toEqual(['/url']);
  });

  test('deleting it deletes its log and leaves an entry in the audit log', async () => {
    const { id } = await add();
    await api.call('POST', `${PATH}/${id}/test`, { as: admin.as });
    expect((await api.call('DELETE', `${PATH}/${id}`, { as: admin.as })).status).toBe(204);
    expect((await api.call('GET', `${PATH}/${id}`, { as: admin.as })).status).toBe(404);
    const entries = await api.services.db
      .selectFrom('audit_log')
      .select('operation')
      .where('subject', '=', `notification_channel:${id}`)
      .orderBy('seq')
      .execute();
    expect(entries.map(({ operation }) => operation)).toEqual([
      'notification_channel.create',
      'notification_channel.test',
      'notification_channel.delete',
    ]);
  });
});

describe('the log of a channel', () => {
  test('has a test at once, to be sent, and is read page by page, newest first', async () => {
    const { id } = await add();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      const reply = await api.call('POST', `${PATH}/${id}/test`, { as: admin.as });
      expect(reply.status).toBe(202);
      ids.unshift(reply.read(Delivery).id);
    }
    const items = await readAllPages(api, approver.as, `${PATH}/${id}/deliveries?limit=2`);
    expect(items.map((item) => item['id'])).toHaveLength(5);
    expect(new Set(items.map((item) => item['id']))).toEqual(new Set(ids));
    const failed = await api.call('GET', `${PATH}/${id}/deliveries?status=failed`, {
      as: admin.as,
    });
    expect(failed.read(DeliveryPage).items).toEqual([]);
    const got = await api.call('GET', `${PATH}/${id}`, { as: admin.as });
    expect(got.read(Channel).lastDelivery).toMatchObject({ kind: 'test', status: 'pending' });
  });

  test('gets a finding in the transaction that stores it: where that fails, there is neither', async () => {
    const { id } = await add();
    const connectionId = await addConnection(api.services.db);
    const report = (body: unknown) => api.call('POST', '/api/v1/anomalies', { as: admin.as, body });
    await report(anomalyReport(randomUUID()));
    const log = async () =>
      (await api.call('GET', `${PATH}/${id}/deliveries`, { as: admin.as })).read(DeliveryPage)
        .items;
    expect(await log()).toEqual([]);
    await report(anomalyReport(connectionId));
    expect(await log()).toMatchObject([{ kind: 'anomaly', status: 'pending', severity: 'high' }]);
  });
});

describe('opening a channel for a message', () => {
  const open = (deliveryId: string, as: Record<string, string>) =>
    api.call('POST', `/api/v1/notification-deliveries/${deliveryId}/open`, { as, body: {} });
  const testOf = async ({ id }: Channel) =>
    (await api.call('POST', `${PATH}/${id}/test`, { as: admin.as, body: {} })).read(Delivery).id;

  test('gives the worker that sends it the secrets, once written down, and keeps no reply', async () => {
    const worker = await api.addService(['notifications:send']);
    const channel = await add({ kind: 'webhook', signingSecret: SIGNING_SECRET });
    const deliveryId = await testOf(channel);
    const reply = await open(deliveryId, worker.as);
    expect(reply).toMatchObject({ status: 200, body: { url: URL, signingSecret: SIGNING_SECRET } });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const entries = await api.services.db
      .selectFrom('audit_log')
      .select(['actor_id', 'detail'])
      .where('operation', '=', 'notification_channel.open')
      .where('subject', '=', `notification_channel:${channel.id}`)
      .execute();
    expect(entries).toEqual([{ actor_id: worker.id, detail: { deliveryId } }]);
    for (const line of api.logLines) expect(line).not.toMatch(/services\/T0|whsec_AQ/);
  });

  test('of a message that is settled or gone is 404, also for the worker', async () => {
    const worker = await api.addService(['notifications:send']);
    const deliveryId = await testOf(await add());
    await api.services.db
      .updateTable('notification_deliveries')
      .set({ status: 'sent', sent_at: new Date() })
      .where('id', '=', deliveryId)
      .execute();
    for (const id of [deliveryId, randomUUID()])
      expect((await open(id, worker.as)).refusal()).toMatchObject({
        status: 404,
        code: 'notification_delivery_not_found',
      });
  });

  test('is for nobody else: not an admin, nor a service with every other scope', async () => {
    const deliveryId = await testOf(await add());
    const others = SERVICE_SCOPES.filter((scope) => scope !== 'notifications:send');
    for (const { as } of [admin, approver, await api.addService(others)])
      expect((await open(deliveryId, as)).refusal()).toMatchObject({
        status: 403,
        code: 'forbidden',
      });
  });
});

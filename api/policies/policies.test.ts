import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Action } from '../../core/contracts/action.ts';
import { Policy, PolicyPage, PolicyPreview } from '../../core/contracts/policy.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../tests/api/readAllPages.ts';
import { actionProposal, addConnection, putActionInState } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

const PATH = '/api/v1/policies';
const PROTECT = { type: 'protect', selector: { tags: [{ key: 'env', value: 'prod' }] } };

let api: TestApi;
let admin: TestUser;
let approver: TestUser;
let operator: TestUser;
let count = 0;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
  approver = await api.signIn('approver');
  operator = await api.signIn('operator');
});
afterAll(() => api.close());

const newName = () => `policy ${String((count += 1)).padStart(3, '0')}`;
const create = (body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', PATH, { as: admin.as, body, headers });
const add = async (rule: unknown = PROTECT, given: object = {}) =>
  (await create({ name: newName(), rule, ...given })).read(Policy);
const change = (id: string, body: unknown) =>
  api.call('PATCH', `${PATH}/${id}`, { as: admin.as, body });
const remove = (id: string) => api.call('DELETE', `${PATH}/${id}`, { as: admin.as });

test('a new installation has one policy: code is warned about', async () => {
  const { items } = (await api.call('GET', PATH, { as: operator.as })).read(PolicyPage);
  expect(items).toMatchObject([
    { enabled: true, rule: { type: 'infrastructure_as_code', effect: 'warn', tags: [] } },
  ]);
});

describe('adding a policy', () => {
  test.each([
    PROTECT,
    { type: 'approvers', roles: ['admin'] },
    { type: 'two_approvers', from: { amount: '100.50', currency: 'EUR' } },
    {
      type: 'change_window',
      timeZone: 'Europe/Berlin',
      hours: [{ days: ['sat', 'sun'], from: '22:00', to: '04:00' }],
    },
    { type: 'daily_limit', actions: 3, selector: { kinds: ['resize_instance'] } },
    { type: 'freeze', reason: 'Black Friday' },
    { type: 'infrastructure_as_code', effect: 'refuse', tags: [{ key: 'stack' }] },
  ])('%j', async (rule) => {
    const reply = await create({ name: newName(), rule });
    expect(reply.status).toBe(201);
    const policy = reply.read(Policy);
    expect(policy).toMatchObject({ enabled: true, version: 1, rule });
    const got = await api.call('GET', `${PATH}/${policy.id}`, { as: operator.as });
    expect(got.read(Policy)).toEqual(policy);
    await remove(policy.id);
  });

  test('with a name that is taken is 409', async () => {
    const { name } = await add();
    expect((await create({ name, rule: PROTECT })).refusal()).toEqual({
      status: 409,
      code: 'name_taken',
      pointers: ['/name'],
    });
  });

  test('twice under one Idempotency-Key is one policy', async () => {
    const body = { name: newName(), rule: PROTECT };
    const headers = { 'idempotency-key': randomUUID() };
    const [first, second] = [await create(body, headers), await create(body, headers)];
    expect(second.read(Policy)).toEqual(first.read(Policy));
  });

  const hours = [{ days: ['mon'], from: '08:00', to: '12:00' }];
  test.each([
    [{ name: 'a' }, ['/rule']],
    [{ name: '', rule: PROTECT }, ['/name']],
    [{ name: 'a', rule: { type: 'allow' } }, ['/rule/type']],
    [{ name: 'a', rule: { type: 'protect', selector: {} } }, ['/rule/selector']],
    [{ name: 'a', rule: { ...PROTECT, else: 1 } }, ['/rule/else']],
    [{ name: 'a', rule: { type: 'approvers' } }, ['/rule/users']],
    [{ name: 'a', rule: { type: 'approvers', roles: ['viewer'] } }, ['/rule/roles/0']],
    [
      { name: 'a', rule: { type: 'two_approvers', from: { amount: '-1', currency: 'USD' } } },
      ['/rule/from/amount'],
    ],
    [
      { name: 'a', rule: { type: 'change_window', timeZone: 'Mars/Olympus', hours } },
      ['/rule/timeZone'],
    ],
    [{ name: 'a', rule: { type: 'change_window', timeZone: 'UTC', hours: [] } }, ['/rule/hours']],
    [{ name: 'a', rule: { type: 'daily_limit', actions: 0 } }, ['/rule/actions']],
    [{ name: 'a', rule: { type: 'freeze' } }, ['/rule/reason']],
    [{ name: 'a', rule: { type: 'infrastructure_as_code' } }, ['/rule/effect']],
  ])('with %j is refused by name', async (body, pointers) => {
    expect((await create(body)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });
});

describe('changing a policy', () => {
  test('changes what is named, and counts its version up', async () => {
    const before = await add();
    const after = (await change(before.id, { enabled: false })).read(Policy);
    expect(after).toEqual({ ...before, enabled: false, version: 2, updatedAt: after.updatedAt });
    const rule = { type: 'freeze', reason: 'Now', selector: {} };
    expect((await change(before.id, { rule })).read(Policy)).toMatchObject({ rule, version: 3 });
  });

  test('to a name that is taken is 409', async () => {
    const [first, second] = [await add(), await add()];
    expect((await change(second.id, { name: first.name })).refusal().code).toBe('name_taken');
  });

  test('leaves the old and the new value in the audit log, deleting it the old one', async () => {
    const { id, name } = await add();
    await change(id, { enabled: false });
    expect((await remove(id)).status).toBe(204);
    expect((await api.call('GET', `${PATH}/${id}`, { as: admin.as })).status).toBe(404);
    const entries = await api.services.db
      .selectFrom('audit_log')
      .select(['operation', 'detail'])
      .where('subject', '=', `policy:${id}`)
      .orderBy('seq')
      .execute();
    const on = { name, enabled: true, rule: PROTECT };
    const off = { ...on, enabled: false };
    expect(entries).toEqual([
      { operation: 'policy.create', detail: { after: on } },
      { operation: 'policy.change', detail: { before: on, after: off } },
      { operation: 'policy.delete', detail: { before: off } },
    ]);
  });

  test.each(['operator', 'approver'] as const)('is not for an %s', async (role) => {
    const { id } = await add();
    const { as } = role === 'operator' ? operator : approver;
    const reply = await api.call('PATCH', `${PATH}/${id}`, { as, body: { enabled: false } });
    expect(reply.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await api.call('GET', `${PATH}/${id}`, { as })).status).toBe(200);
  });
});

test('they are read page by page, by name', async () => {
  const items = await readAllPages(api, admin.as, `${PATH}?limit=2`);
  const names = items.map((item) => String(item['name']));
  expect(names.length).toBeGreaterThan(3);
  expect(names).toEqual([...names].sort());
});

describe('what the policies would say of an action now', () => {
  const preview = (actionId: string, as = approver.as) =>
    api.call('POST', `${PATH}/preview`, { as, body: { actionId } });
  async function propose(state: Parameters<typeof putActionInState>[2] = {}): Promise<string> {
    const body = actionProposal(await addConnection(api.services.db));
    const { id } = (await api.call('POST', '/api/v1/actions', { as: operator.as, body })).read(
      Action,
    );
    await putActionInState(api.services.db, id, state);
    return id;
  }

  test('is what each of them says, and what follows for the caller', async () => {
    await api.services.db.deleteFrom('policies').execute();
    const id = await propose();
    expect((await preview(id)).read(PolicyPreview)).toMatchObject({
      isAsPlanned: true,
      findings: [],
      refusal: null,
      approvalsNeeded: 1,
      mayApprove: true,
      waitUntil: null,
    });
    expect((await preview(id, operator.as)).read(PolicyPreview).mayApprove).toBe(false);
    await add({ type: 'two_approvers', from: { amount: '70.08', currency: 'USD' } });
    await add({ type: 'approvers', roles: ['admin'] });
    await add({ type: 'freeze', reason: 'Because.' });
    const said = (await preview(id)).read(PolicyPreview);
    expect(said).toMatchObject({ approvalsNeeded: 2, mayApprove: false });
    expect(said.refusal).toMatch(/^Actions are frozen by the policy “policy \d+”: Because\.$/);
    expect(said.findings.map(({ effect }) => effect)).toEqual(['approvals', 'approvals', 'refuse']);
    expect((await preview(id, admin.as)).read(PolicyPreview).mayApprove).toBe(true);
    await api.services.db.deleteFrom('policies').execute();
  });

  test('needs a plan', async () => {
    const id = await propose({ plan: null });
    expect((await preview(id)).refusal()).toMatchObject({
      status: 409,
      code: 'action_wrong_state',
    });
  });

  test('and an action', async () => {
    expect((await preview(randomUUID())).refusal()).toMatchObject({
      status: 404,
      code: 'action_not_found',
    });
  });
});

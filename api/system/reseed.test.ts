import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
afterAll(() => api.close());

test('outside demo mode nothing is reseeded', async () => {
  const real = await startTestApi({ env: { DEMO_MODE: 'false' } });
  const { as } = await real.signIn('admin');
  const reply = await real.call('POST', '/api/v1/admin/reseed', { as });
  expect(reply.refusal()).toMatchObject({ status: 409, code: 'reseed_refused' });
  await real.close();
});

test('beside a connection that is not of the demo nothing is reseeded, nor written down', async () => {
  const id = await addConnection(api.services.db);
  const reply = await api.call('POST', '/api/v1/admin/reseed', { as: admin.as });
  expect(reply.refusal()).toMatchObject({ status: 409, code: 'reseed_refused' });
  expect((await api.call('GET', `/api/v1/connections/${id}`, { as: admin.as })).status).toBe(200);
  const entries = await api.services.db
    .selectFrom('audit_log')
    .select('seq')
    .where('operation', '=', 'demo.reseed')
    .execute();
  expect(entries).toEqual([]);
});

test('only a person who is an admin may ask for it', async () => {
  const approver = await api.signIn('approver');
  const reply = await api.call('POST', '/api/v1/admin/reseed', { as: approver.as });
  expect(reply.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
});

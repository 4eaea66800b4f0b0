import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import { createAccountCache } from './accountCache.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

test('requests of one turn share a query, and each finds its own account', async () => {
  const { db, pool } = api.services;
  await api.addService(['costs:read']);
  await api.addService(['audit:read']);
  const rows = await db.selectFrom('service_accounts').select(['client_id', 'scopes']).execute();
  expect(rows.length).toBeGreaterThanOrEqual(2);
  const query = vi.spyOn(pool, 'connect');
  const accounts = createAccountCache(db);
  const found = await Promise.all([
    ...rows.flatMap(({ client_id: id }) => [accounts.find(id), accounts.find(id)]),
    accounts.find('nobody'),
  ]);
  expect(found.slice(0, -1).map((account) => account?.client_id)).toEqual(
    rows.flatMap(({ client_id: id }) => [id, id]),
  );
  expect(found.at(-1)).toBeUndefined();
  expect(query).toHaveBeenCalledTimes(1);
  query.mockRestore();
});

test('an account that is disabled is refused by the very next request', async () => {
  const { as, id } = await api.addService(['costs:read']);
  const ask = () => api.call('GET', '/api/v1/usage/llm?from=2026-11-01&to=2026-11-02', { as });
  expect((await ask()).status).toBe(200);
  await api.services.db
    .updateTable('service_accounts')
    .set({ enabled: false })
    .where('id', '=', id)
    .execute();
  expect((await ask()).status).toBe(401);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_SCOPES, SERVICE_SCOPES } from '../../../core/contracts/access.ts';
import { ServiceAccountCreated } from '../../../core/contracts/identity.ts';
import type { TestUser } from '../../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../../tests/api/readAllPages.ts';
import { startTestApi, type TestApi } from '../../../tests/api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
afterAll(() => api.close());

const create = (body: unknown) =>
  api.call('POST', '/api/v1/service-accounts', { as: admin.as, body });

describe('making a service account', () => {
  test('shows its secret once, and it works at the token endpoint', async () => {
    const reply = await create({ name: 'exporter', scopes: ['costs:read'] });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const account = reply.read(ServiceAccountCreated);
    expect(account.clientSecret).toMatch(/^cgs_[\w-]{43}$/);
    expect(account.clientSecret.startsWith(account.secretPrefix)).toBe(true);
    const token = await api.call('POST', '/oauth/token', {
      body: {
        grant_type: 'client_credentials',
        client_id: account.clientId,
        client_secret: account.clientSecret,
      },
    });
    expect(token.status).toBe(200);
    const list = await api.call('GET', '/api/v1/service-accounts', { as: admin.as });
    expect(list.text).toContain(account.clientId);
    expect(list.text).not.toMatch(/clientSecret|secret_hash/);
    expect(list.text).not.toContain(account.clientSecret);
  });

  test('stores only a hash of the secret', async () => {
    const { clientSecret } = (await create({ name: 'hashed', scopes: ['costs:read'] })).read(
      ServiceAccountCreated,
    );
    const tables = ['service_accounts', 'audit_log'] as const;
    for (const table of tables) {
      const rows = await api.services.db.selectFrom(table).selectAll().execute();
      expect(JSON.stringify(rows), table).not.toContain(clientSecret);
    }
  });

  test('with a name that is taken is 409', async () => {
    await create({ name: 'taken', scopes: ['costs:read'] });
    expect((await create({ name: 'taken', scopes: ['costs:read'] })).refusal()).toEqual({
      status: 409,
      code: 'name_taken',
      pointers: ['/name'],
    });
  });

  test.each(ALL_SCOPES.filter((scope) => !SERVICE_SCOPES.includes(scope)))(
    'with %s, which belongs to people, is refused by name',
    async (scope) => {
      const reply = await create({ name: `wants ${scope}`, scopes: ['costs:read', scope] });
      expect(reply.refusal()).toEqual({
        status: 400,
        code: 'invalid_request',
        pointers: ['/scopes/1'],
      });
    },
  );

  test.each([
    [{ scopes: ['costs:read'] }, ['/name']],
    [{ name: ' ', scopes: ['costs:read'] }, ['/name']],
    [{ name: 'a', scopes: [] }, ['/scopes']],
    [{ name: 'a', scopes: ['costs:read', 'costs:drink'] }, ['/scopes/1']],
    [{ name: 'a', scopes: 'costs:read' }, ['/scopes']],
    [{ name: 'a', scopes: ['costs:read'], clientSecret: 'mine' }, ['/clientSecret']],
  ])('%j is refused by name', async (body, pointers) => {
    expect((await create(body)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });

  test('leaves one audit entry', async () => {
    const account = (await create({ name: 'audited', scopes: ['costs:read'] })).read(
      ServiceAccountCreated,
    );
    const entries = await api.services.db
      .selectFrom('audit_log')
      .selectAll()
      .where('subject', '=', `service_account:${account.id}`)
      .execute();
    expect(entries).toMatchObject([
      {
        operation: 'service_account.create',
        actor_id: admin.id,
        detail: { name: 'audited', scopes: ['costs:read'] },
      },
    ]);
  });
});

test('the pages of the list, put together, are the whole list, by name', async () => {
  for (let i = 0; i < 5; i += 1) await api.addService(['costs:read']);
  const path = '/api/v1/service-accounts';
  const whole = await readAllPages(api, admin.as, `${path}?limit=200`);
  expect(await readAllPages(api, admin.as, `${path}?limit=2`)).toEqual(whole);
  expect(whole.length).toBeGreaterThan(5);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { ROUTES } from '../../api/routes.ts';
import type { Route } from '../../api/http/route.ts';
import type { TestUser } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;
beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
afterAll(() => api.close());

const SQL = [
  `'; drop table users; --`,
  `x' or '1'='1`,
  `') union select password_hash from users --`,
  `$$; delete from audit_log; $$`,
];
const HEADER = [
  'a\r\nX-Injected: yes',
  'a\nSet-Cookie: session=stolen',
  '\u560a\u560dX-Injected: yes',
];

/** Routes that read, with the names of their parameters; the stream of events never ends, and Temporal is away here. */
const OTHERS = ['/api/v1/events', '/readyz'];
const reads = ROUTES.filter(({ method, path }) => method === 'get' && !OTHERS.includes(path)).map(
  (route): [string, Route, string[]] => [
    `GET ${route.path}`,
    route,
    Object.keys((route.query as z.ZodObject | undefined)?.shape ?? {}),
  ],
);

const pathTo = ({ path }: Route, id: string = randomUUID()) =>
  path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));

async function people(): Promise<number> {
  return (await api.services.db.selectFrom('users').select('id').execute()).length;
}

describe('SQL in what a caller sends', () => {
  test.each(reads)('%s takes it for a value, or refuses it', async (_, route, parameters) => {
    const before = await people();
    for (const payload of SQL) {
      const asked = [
        pathTo(route, payload),
        ...parameters.map((name) => `${pathTo(route)}?${name}=${encodeURIComponent(payload)}`),
      ];
      for (const path of asked) {
        const { status } = await api.call('GET', path, { as: admin.as });
        expect([200, 400, 403, 404, 409, 422], path).toContain(status);
      }
    }
    expect(await people()).toBe(before);
  });

  test('in a name is kept as it is', async () => {
    const name = SQL[0] ?? '';
    const body = { name, amount: '10', currency: 'USD' };
    const reply = await api.call('POST', '/api/v1/budgets', { as: admin.as, body });
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({ name });
    expect(await people()).toBeGreaterThan(0);
  });
});

describe('line breaks in what a caller sends', () => {
  test.each(reads)('%s makes no header of them', async (_, route, parameters) => {
    for (const payload of HEADER) {
      const text = encodeURIComponent(payload);
      const asked = [
        pathTo(route, payload),
        ...parameters.map((p) => `${pathTo(route)}?${p}=${text}`),
      ];
      for (const path of asked) {
        const { headers, status } = await api.call('GET', path, { as: admin.as });
        expect(headers.get('x-injected'), path).toBeNull();
        expect(headers.get('set-cookie') ?? '', path).not.toContain('stolen');
        expect(status, path).toBeLessThan(500);
      }
    }
  });

  test('in the place to return to after signing in lead nowhere but inside', async () => {
    for (const payload of HEADER) {
      const path = `/api/v1/auth/oidc/start?returnTo=${encodeURIComponent(`/${payload}`)}`;
      const { headers } = await api.call('GET', path);
      expect(headers.get('x-injected')).toBeNull();
    }
  });
});

describe('a body of 10 MB', () => {
  test('is refused before it is read, and the API goes on', async () => {
    const reply = await api.call('POST', '/api/v1/budgets', {
      as: admin.as,
      rawBody: `{"name":"${'x'.repeat(10_000_000)}"}`,
    });
    expect(reply.refusal()).toMatchObject({ status: 413, code: 'body_too_large' });
    expect((await api.call('GET', '/api/v1/auth/me', { as: admin.as })).status).toBe(200);
  });
});

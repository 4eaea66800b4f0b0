import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ALL_SCOPES,
  Role,
  ROLE_SCOPES,
  type Scope,
  SERVICE_SCOPES,
  SERVICES_ONLY,
} from '../../core/contracts/access.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import type { TestService, TestUser } from '../../tests/api/createTestIdentities.ts';
import { ROUTES } from '../routes.ts';
import type { Route } from './route.ts';

let api: TestApi;
let admin: TestUser;
let nobody: TestService;
let part: TestService;
const people = new Map<Role, TestUser>();

beforeAll(async () => {
  // Otherwise the walk over all routes would fill the database with the demo.
  api = await startTestApi({ env: { DEMO_MODE: 'false' } });
  admin = await api.signIn('admin');
  nobody = await api.addService([]);
  part = await api.addService(SERVICES_ONLY);
  for (const role of Role.options) people.set(role, await api.signIn(role));
});
afterAll(() => api.close());

const name = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;
const method = (route: Route) => route.method.toUpperCase();
const pathTo = (route: Route, id: string = randomUUID()) => route.path.replace('{id}', id);
const named = (routes: readonly Route[]) => routes.map((route) => [name(route), route] as const);

const guarded = ROUTES.filter((route) => route.access !== 'public');
const scoped = guarded.flatMap((route) =>
  typeof route.access === 'object' ? [{ route, scope: route.access.scope }] : [],
);

// Reading the stream of events never ends; it has a test of its own.
const answering = guarded.filter((route) => route.path !== '/api/v1/events');

// Which scope it takes follows from the connection; services alone hold any of them.
const OPENS_CREDENTIAL = '/api/v1/connections/{id}/credential/open';

/** Somebody who may: an admin, or a part of the platform where no person may. */
const allowed = ({ access, path }: Route) =>
  path === OPENS_CREDENTIAL || (typeof access === 'object' && SERVICES_ONLY.includes(access.scope))
    ? part.as
    : admin.as;

describe('who is not signed in', () => {
  test.each(named(guarded))('%s answers 401', async (_name, route) => {
    const reply = await api.call(method(route), pathTo(route));
    expect(reply.refusal().code).toBe('unauthenticated');
    expect(reply.status).toBe(401);
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test.each(named(guarded))('%s answers 401 to a made-up token', async (_name, route) => {
    const as = { authorization: 'Bearer abc.def.ghi' };
    const reply = await api.call(method(route), pathTo(route), { as });
    expect(reply.status).toBe(401);
  });

  test.each(named(guarded))('%s answers 401 to a made-up session', async (_name, route) => {
    const as = { cookie: 'costguard_session=AAAA' };
    const reply = await api.call(method(route), pathTo(route), { as });
    expect(reply.status).toBe(401);
  });
});

describe('who lacks the permission', () => {
  test.each(scoped.map(({ route }) => [name(route), route] as const))(
    '%s answers 403 to a token without its scope',
    async (_name, route) => {
      const reply = await api.call(method(route), pathTo(route), { as: nobody.as });
      expect(reply.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
    },
  );

  const byRole = Role.options.flatMap((role) =>
    scoped.map(({ route, scope }) => [role, name(route), route, scope] as const),
  );
  test.each(byRole)(
    '%s at %s is let in exactly where the role says',
    async (role, _n, route, scope) => {
      const reply = await api.call(method(route), pathTo(route), { as: people.get(role)!.as });
      if (ROLE_SCOPES[role].includes(scope)) expect(reply.status).not.toBe(403);
      else expect(reply.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
    },
  );

  test('each role may do all that the one before may', () => {
    for (const [i, role] of Role.options.entries()) {
      const before = Role.options[i - 1];
      if (before !== undefined)
        expect(ROLE_SCOPES[role]).toEqual(expect.arrayContaining([...ROLE_SCOPES[before]]));
    }
  });

  const peopleOnly = ALL_SCOPES.filter((scope) => !SERVICE_SCOPES.includes(scope));
  test('the scopes that belong to people only are those of deciding, of policies, of workflows’ payloads and reseeding', () => {
    expect(peopleOnly).toEqual<Scope[]>([
      'actions:decide',
      'policies:write',
      'workflows:decode',
      'demo:reseed',
    ]);
  });

  test.each(
    scoped
      .filter(({ scope }) => peopleOnly.includes(scope))
      .map(({ route }) => [name(route), route] as const),
  )('%s is closed to a token even of an account that holds its scope', async (_name, route) => {
    const service = await api.addService(ALL_SCOPES);
    const reply = await api.call(method(route), pathTo(route), { as: service.as });
    expect(reply.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

describe('ids', () => {
  const withId = answering.filter((route) => route.path.includes('{id}'));
  const validBody: Record<string, unknown> = {
    'PATCH /api/v1/anomalies/{id}': { status: 'expected' },
    'POST /api/v1/anomalies/{id}/feedback': { verdict: 'real' },
    'POST /api/v1/actions/{id}/approve': { planHash: 'a'.repeat(64) },
    'PUT /api/v1/connections/{id}/credential': {
      kind: 'openai_admin_key',
      adminKey: 'sk-admin-0123456789',
    },
  };

  test.each(named(withId))('%s answers 404 for an id that names nothing', async (_n, route) => {
    const body = method(route) === 'GET' ? undefined : (validBody[name(route)] ?? {});
    const as = allowed(route);
    const reply = await api.call(method(route), pathTo(route), { as, body });
    expect(reply.status).toBe(404);
    expect(reply.refusal().code).toMatch(/_not_found$/);
  });

  const malformed = ['1', 'x'.repeat(36), '%00', '%E0%A4%A', "'%20or%201=1", '..%2f..%2fusers'];
  test.each(named(withId))(
    '%s answers an id of a wrong form like a missing one',
    async (_n, route) => {
      const body = method(route) === 'GET' ? undefined : (validBody[name(route)] ?? {});
      const ask = async (id: string) => {
        const reply = await api.call(method(route), pathTo(route, id), {
          as: allowed(route),
          body,
        });
        return { ...reply.problem(), requestId: 'any' };
      };
      const missing = await ask(randomUUID());
      for (const id of malformed.filter((id) => id !== '%E0%A4%A'))
        expect(await ask(id), id).toEqual(missing);
      expect((await ask('%E0%A4%A')).status).toBe(404);
    },
  );
});

describe('bodies and parameters', () => {
  const withBody = ROUTES.filter((route) => route.body !== undefined);
  const problems = withBody.filter((route) => route.errorFormat !== 'oauth');

  // Which fields a body may have can follow from its kind.
  const kinds: Record<string, string> = {
    'POST /api/v1/actions': 'resize_instance',
    'PUT /api/v1/connections/{id}/credential': 'openai_admin_key',
  };
  const kindOf = (name: string) => (name in kinds ? { kind: kinds[name] } : {});

  // OpenID Connect Back-Channel Logout 1.0 section 2.5: values that are not understood are ignored.
  const strict = problems.filter(({ path }) => !path.endsWith('/backchannel-logout'));

  test.each(named(strict))('%s names an unknown field', async (name, route) => {
    const reply = await api.call(method(route), pathTo(route), {
      as: allowed(route),
      body: { 'un/known': 1, ...kindOf(name) },
    });
    const refused = reply.refusal();
    expect(refused).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(refused.pointers).toContain('/un~1known');
  });

  test.each(named(strict))('%s takes no prototype from a body', async (name, route) => {
    const kind = JSON.stringify(kindOf(name)).slice(1, -1);
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const reply = await api.call(method(route), pathTo(route), {
        as: allowed(route),
        rawBody: `{"${key}": {"role": "admin", "isAdmin": true}${kind === '' ? '' : `, ${kind}`}}`,
      });
      expect(reply.refusal()).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(reply.refusal().pointers).toContain(`/${key}`);
    }
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  test.each(named(problems))(
    '%s points to the root for a body that is no object',
    async (_n, route) => {
      const reply = await api.call(method(route), pathTo(route), {
        as: allowed(route),
        rawBody: '[]',
      });
      expect(reply.refusal()).toEqual({ status: 400, code: 'invalid_request', pointers: [''] });
    },
  );

  test.each(named(withBody))('%s answers 400 to what is not JSON', async (_n, route) => {
    const reply = await api.call(method(route), pathTo(route), {
      as: allowed(route),
      rawBody: '{"a":',
    });
    expect(reply.status).toBe(400);
  });

  const writes = ROUTES.filter((route) => route.method !== 'get');
  test.each(named(writes))('%s answers 415 to a body that is not JSON', async (_n, route) => {
    const reply = await api.call(method(route), pathTo(route), {
      as: allowed(route),
      rawBody: '<a/>',
      headers: { 'content-type': 'application/xml' },
    });
    expect(reply.status).toBe(415);
    if (route.errorFormat !== 'oauth') expect(reply.refusal().code).toBe('unsupported_media_type');
  });

  test.each(named(writes))('%s answers 413 to more than 1 MB, OTLP to 8', async (_n, route) => {
    const reply = await api.call(method(route), pathTo(route), {
      as: allowed(route),
      rawBody: `"${'x'.repeat(route.bodyType === 'otlp' ? 8_000_001 : 1_000_001)}"`,
    });
    expect(reply.status).toBe(413);
    if (route.errorFormat !== 'oauth') expect(reply.refusal().code).toBe('body_too_large');
  });

  const withQuery = ROUTES.filter((route) => route.query !== undefined);
  test.each(named(withQuery))('%s names an unknown parameter', async (_n, route) => {
    for (const parameter of ['nonsense', '__proto__', 'constructor']) {
      const reply = await api.call('GET', `${pathTo(route)}?${parameter}=1`, { as: admin.as });
      expect(reply.refusal(), parameter).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(reply.refusal().pointers).toContain(parameter);
    }
  });

  test.each(named(withQuery))('%s refuses a parameter given twice', async (_n, route) => {
    const reply = await api.call('GET', `${pathTo(route)}?limit=1&limit=2`, { as: admin.as });
    expect(reply.refusal()).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(reply.refusal().pointers).toContain('limit');
  });

  test.each(['0', '201', '-1', '1.5', 'all', '', '9'.repeat(30)])(
    'a page of %s rows is refused by name',
    async (limit) => {
      const reply = await api.call('GET', `/api/v1/anomalies?limit=${limit}`, { as: admin.as });
      const { status, pointers } = reply.refusal();
      expect({ status, pointers: [...new Set(pointers)] }).toEqual({
        status: 400,
        pointers: ['limit'],
      });
    },
  );
});

describe('methods and addresses', () => {
  const paths = [...new Set(ROUTES.map((route) => route.path))];
  test.each(paths)('%s answers 405 to other methods and names its own', async (path) => {
    const here = ROUTES.filter((route) => route.path === path);
    const allowed = here.map(method);
    // Browsers ask by OPTIONS before a page of another origin may call a route.
    const asked = here.some(({ openTo }) => openTo !== undefined) ? ['OPTIONS'] : [];
    const others = ['PUT', 'DELETE', 'OPTIONS'].filter((m) => ![...allowed, ...asked].includes(m));
    for (const other of others) {
      const reply = await api.call(other, path.replace('{id}', randomUUID()), { as: admin.as });
      expect(reply.headers.get('allow')).toBe(allowed.join(', '));
      if (!['/oauth/token', '/oauth/revoke'].includes(path))
        expect(reply.refusal()).toMatchObject({ status: 405, code: 'method_not_allowed' });
    }
  });

  test.each([
    '/',
    '/api',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v2/anomalies',
    '//api/v1/anomalies',
    '/%',
  ])('GET %s is a problem of 404, whoever asks', async (path) => {
    expect((await api.call('GET', path)).refusal()).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  });
});

describe('headers of every reply', () => {
  test('no page may frame, sniff or script', async () => {
    const { headers } = await api.call('GET', '/healthz');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'self'/);
    expect(headers.get('content-security-policy')).not.toMatch(/upgrade-insecure-requests/);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a fitting X-Request-Id comes back, in the header and in the problem', async () => {
    const reply = await api.call('GET', '/api/v1/anomalies', {
      headers: { 'x-request-id': 'my.id:1' },
    });
    expect(reply.headers.get('x-request-id')).toBe('my.id:1');
    expect(reply.problem().requestId).toBe('my.id:1');
  });

  test.each(['a b', 'x'.repeat(101), '<script>', 'a\u00e9', '{"a":1}'])(
    'an X-Request-Id of %j is replaced',
    async (given) => {
      const reply = await api.call('GET', '/api/v1/anomalies', {
        headers: { 'x-request-id': given },
      });
      expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(reply.problem().requestId).toBe(reply.headers.get('x-request-id'));
    },
  );
});

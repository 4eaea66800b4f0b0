import { afterAll, beforeAll, expect, test } from 'vitest';
import { TEST_PASSWORD } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

test('no secret is logged at any level, however a request fails', async () => {
  const admin = await api.signIn('admin');
  const service = await api.addService(['costs:read']);
  const token = service.as['authorization']!.replace('Bearer ', '');
  const planted = {
    cookie: admin.cookie.split('=')[1]!,
    csrfToken: admin.csrfToken,
    token,
    clientSecret: service.clientSecret,
    password: TEST_PASSWORD,
    query: 'planted-in-the-query',
    basic: Buffer.from(`${service.clientId}:${service.clientSecret}`).toString('base64'),
    shortPassword: 'planted-pw',
    unparsed: 'planted-unparsed',
    extra: 'planted-in-a-field',
  };
  const post = (path: string, options: Parameters<TestApi['call']>[2]) =>
    api.call('POST', path, options);

  await api.call('GET', `/api/v1/usage/costs?token=${planted.query}`, { as: service.as });
  await post('/api/v1/auth/login', { body: { username: 'admin', password: planted.password } });
  await post('/api/v1/auth/login', {
    body: { username: 'no-one', password: planted.shortPassword },
  });
  await post('/api/v1/auth/login', { rawBody: `{"password":"${planted.unparsed}"` });
  await post('/api/v1/auth/login', { rawBody: planted.unparsed });
  await post('/api/v1/auth/login', { body: { password: planted.password, extra: planted.extra } });
  await post('/api/v1/users', {
    as: admin.as,
    body: { username: 'x', password: planted.shortPassword, role: 'viewer', extra: planted.extra },
  });
  await post('/oauth/token', {
    body: {
      grant_type: 'client_credentials',
      client_id: service.clientId,
      client_secret: planted.clientSecret,
    },
  });
  await post('/oauth/token', {
    rawBody: 'grant_type=client_credentials',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${planted.basic}`,
    },
  });
  await post('/oauth/token', { rawBody: `{"client_secret":"${planted.unparsed}` });
  // A failure in the database while secrets are on their way.
  await api.services.db.schema.alterTable('users').renameTo('users_away').execute();
  await post('/api/v1/auth/login', { body: { username: 'ada', password: planted.shortPassword } });
  await api.services.db.schema.alterTable('users_away').renameTo('users').execute();

  const logged = api.logLines.join('\n');
  expect(api.logLines.length).toBeGreaterThan(15);
  for (const [what, secret] of Object.entries(planted)) expect(logged, what).not.toContain(secret);
  expect(logged).not.toMatch(/argon2id/);
});

test('each request is one line with its id, method, path and status', async () => {
  const reply = await api.call('GET', '/api/v1/nothing?a=b');
  const id = reply.headers.get('x-request-id')!;
  const lines = api.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['res'] !== undefined && JSON.stringify(line).includes(id));
  expect(lines).toMatchObject([
    { req: { id, method: 'GET', path: '/api/v1/nothing' }, res: { status: 404 } },
  ]);
});

test('probes are not logged above trace', async () => {
  const before = api.logLines.length;
  await api.call('GET', '/healthz');
  const levels = api.logLines
    .slice(before)
    .map((line) => (JSON.parse(line) as { level: number }).level);
  expect(levels).toEqual([10]);
});

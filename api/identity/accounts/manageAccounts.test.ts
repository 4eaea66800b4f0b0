import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mcpAudience } from '../../../core/config/addresses.ts';
import { SERVICE_SCOPES } from '../../../core/contracts/access.ts';
import {
  ServiceAccount,
  ServiceAccountCreated,
  TokenReply,
} from '../../../core/contracts/identity.ts';
import {
  createClientSecret,
  saveServiceAccount,
} from '../../../db/queries/identity/saveServiceAccount.ts';
import type { TestUser } from '../../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../../tests/api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;
let account: ServiceAccountCreated;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
afterAll(() => api.close());
beforeEach(async () => {
  api.clock.now = null;
  account = await create(['costs:read', 'anomalies:read']);
});

type ServiceAccountCreated = ReturnType<typeof ServiceAccountCreated.parse>;

const LIST = '/api/v1/service-accounts';
const path = (id = account.id) => `${LIST}/${id}`;
const create = async (scopes: string[], as = admin.as) => {
  const body = { name: `account ${randomUUID()}`, scopes };
  return (await api.call('POST', LIST, { as, body })).read(ServiceAccountCreated);
};
const patch = (body: unknown, as = admin.as, id = account.id) =>
  api.call('PATCH', path(id), { as, body });
const newSecret = (body: unknown = {}, as = admin.as, id = account.id) =>
  api.call('POST', `${path(id)}/secret`, { as, body });
const askToken = (clientSecret = account.clientSecret, more: Record<string, string> = {}) =>
  api.call('POST', '/oauth/token', {
    body: {
      grant_type: 'client_credentials',
      client_id: account.clientId,
      client_secret: clientSecret,
      ...more,
    },
  });
const bearer = async (clientSecret?: string) => ({
  authorization: `Bearer ${(await askToken(clientSecret)).read(TokenReply).access_token}`,
});
const me = async (as: Record<string, string>) =>
  (await api.call('GET', '/api/v1/auth/me', { as })).status;
const auditOf = (id = account.id) =>
  api.services.db
    .selectFrom('audit_log')
    .selectAll()
    .where('subject', '=', `service_account:${id}`)
    .orderBy('seq')
    .execute();

describe('reading one', () => {
  test('shows all but the secret', async () => {
    const reply = await api.call('GET', path(), { as: admin.as });
    const { clientSecret, ...rest } = account;
    expect(reply.read(ServiceAccount)).toEqual(rest);
    expect(reply.text).not.toContain(clientSecret);
    expect(rest).toMatchObject({ managed: false, lastUsedAt: null, previousSecretUntil: null });
  });

  test('says when it last got a token', async () => {
    api.clock.now = new Date(Date.now() + 60_000);
    await askToken();
    const { lastUsedAt } = (await api.call('GET', path(), { as: admin.as })).read(ServiceAccount);
    expect(lastUsedAt).toBe(api.clock.now.toISOString());
  });
});

describe('changing one', () => {
  test('renames it and leaves its tokens alone; the entry has old and new', async () => {
    const as = await bearer();
    const name = `renamed ${randomUUID()}`;
    expect((await patch({ name })).read(ServiceAccount)).toMatchObject({ name });
    expect(await me(as)).toBe(200);
    expect((await auditOf()).at(-1)).toMatchObject({
      operation: 'service_account.change',
      actor_id: admin.id,
      detail: { before: { name: account.name }, after: { name, enabled: true } },
    });
  });

  test('takes scopes from the tokens that are in use', async () => {
    const as = await bearer();
    expect((await api.call('GET', '/api/v1/anomalies', { as })).status).toBe(200);
    await patch({ scopes: ['costs:read'] });
    expect((await api.call('GET', '/api/v1/anomalies', { as })).status).toBe(403);
  });

  test('gives no new scope to a token that was got before', async () => {
    const as = await bearer();
    await patch({ scopes: ['costs:read', 'anomalies:read', 'actions:read'] });
    expect((await api.call('GET', '/api/v1/actions', { as })).status).toBe(403);
  });

  test('disabling ends its tokens for good, and enabling revives none', async () => {
    const as = await bearer();
    await patch({ enabled: false });
    expect(await me(as)).toBe(401);
    expect((await askToken()).status).toBe(401);
    await patch({ enabled: true });
    expect(await me(as)).toBe(401);
    expect(await me(await bearer())).toBe(200);
  });

  test('to the name of another is 409', async () => {
    const other = await create(['costs:read']);
    expect((await patch({ name: other.name })).refusal()).toEqual({
      status: 409,
      code: 'name_taken',
      pointers: ['/name'],
    });
  });

  test.each([
    [{ scopes: [] }, ['/scopes']],
    [{ scopes: ['actions:decide'] }, ['/scopes/0']],
    [{ scopes: ['costs:read', 'credentials:aws', 'credentials:gcp'] }, ['/scopes/1', '/scopes/2']],
    [{ enabled: 'no' }, ['/enabled']],
    [{ managed: true }, ['/managed']],
    [{ clientId: 'cg-admin' }, ['/clientId']],
  ])('%j is refused by name and changes nothing', async (body, pointers) => {
    expect((await patch(body)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
    const stands = (await api.call('GET', path(), { as: admin.as })).read(ServiceAccount);
    expect(account).toMatchObject(stands);
  });
});

describe('a new secret', () => {
  test('is shown once, ends the old one at once, and the tokens got with it', async () => {
    const as = await bearer();
    const replaced = (await newSecret()).read(ServiceAccountCreated);
    expect(replaced.clientSecret).not.toBe(account.clientSecret);
    expect(await me(as)).toBe(401);
    expect((await askToken()).status).toBe(401);
    expect(await me(await bearer(replaced.clientSecret))).toBe(200);
    const entry = (await auditOf()).at(-1);
    expect(entry).toMatchObject({
      operation: 'service_account.new_secret',
      detail: { after: { secretPrefix: replaced.secretPrefix }, previousSecretUntil: null },
    });
    expect(JSON.stringify(entry)).not.toContain(replaced.clientSecret);
  });

  test('with an overlap leaves the old one valid until its end, and no token longer', async () => {
    const as = await bearer();
    const until = new Date(Date.now() + 3_600_000);
    const replaced = (await newSecret({ overlapHours: 1 })).read(ServiceAccountCreated);
    expect(new Date(replaced.previousSecretUntil ?? 0).getTime()).toBeGreaterThanOrEqual(
      until.getTime(),
    );
    expect(await me(as)).toBe(200);
    expect((await askToken()).read(TokenReply).expires_in).toBe(900);
    expect((await askToken(replaced.clientSecret)).status).toBe(200);
    api.clock.now = new Date(until.getTime() - 300_000);
    const late = (await askToken()).read(TokenReply);
    expect(late.expires_in).toBeGreaterThanOrEqual(300);
    expect(late.expires_in).toBeLessThan(400);
    api.clock.now = new Date(new Date(replaced.previousSecretUntil ?? 0).getTime() + 1);
    expect((await askToken()).status).toBe(401);
    expect((await askToken(replaced.clientSecret)).status).toBe(200);
    const { previousSecretUntil } = (await api.call('GET', path(), { as: admin.as })).read(
      ServiceAccount,
    );
    expect(previousSecretUntil).toBeNull();
  });

  test.each([-1, 24.1, '1', null])('with an overlap of %j hours is refused', async (hours) => {
    expect((await newSecret({ overlapHours: hours })).refusal()).toMatchObject({
      status: 400,
      pointers: ['/overlapHours'],
    });
  });
});

describe('deleting one', () => {
  test('refuses its tokens and its secret, and keeps what it was in the log', async () => {
    const as = await bearer();
    expect((await api.call('DELETE', path(), { as: admin.as })).status).toBe(204);
    expect(await me(as)).toBe(401);
    expect((await askToken()).status).toBe(401);
    expect((await api.call('GET', path(), { as: admin.as })).status).toBe(404);
    expect((await auditOf()).at(-1)).toMatchObject({
      operation: 'service_account.delete',
      detail: { before: { name: account.name, clientId: account.clientId } },
    });
  });
});

describe('an account of a part of the platform', () => {
  const part = async (name: string) =>
    saveServiceAccount(api.services.db, {
      name: `${name} ${randomUUID()}`,
      scopes: ['credentials:aws', 'mcp:read'],
      secret: createClientSecret(),
    });

  test('can be disabled, and keeps its name, scopes, secret and itself', async () => {
    const { id } = await part('aws');
    const refused = { status: 409, code: 'service_account_managed' };
    expect((await patch({ scopes: ['mcp:read'] }, admin.as, id)).refusal()).toMatchObject(refused);
    expect((await patch({ name: 'mine' }, admin.as, id)).refusal()).toMatchObject(refused);
    expect((await newSecret({}, admin.as, id)).refusal()).toMatchObject(refused);
    expect((await api.call('DELETE', path(id), { as: admin.as })).refusal()).toMatchObject(refused);
    expect((await patch({ enabled: false }, admin.as, id)).read(ServiceAccount)).toMatchObject({
      enabled: false,
      managed: true,
    });
  });

  test('keeps its old secret for a day when a start gives it a new one', async () => {
    const { name } = await part('rolling');
    const old = createClientSecret();
    await saveServiceAccount(api.services.db, { name, scopes: ['mcp:read'], secret: old });
    const next = createClientSecret();
    const row = await saveServiceAccount(api.services.db, {
      name,
      scopes: ['mcp:read'],
      secret: next,
    });
    const body = (client_secret: string) => ({
      body: { grant_type: 'client_credentials', client_id: row.client_id, client_secret },
    });
    for (const secret of [old.secret, next.secret])
      expect((await api.call('POST', '/oauth/token', body(secret))).status).toBe(200);
    api.clock.now = new Date(Date.now() + 24 * 3_600_000 + 60_000);
    expect((await api.call('POST', '/oauth/token', body(old.secret))).status).toBe(401);
    expect((await api.call('POST', '/oauth/token', body(next.secret))).status).toBe(200);
  });
});

describe('a service that manages accounts', () => {
  const manager = () => api.addService(['users:read', 'users:write', 'costs:read']);

  test('makes accounts with no more scopes than it has itself', async () => {
    const { as } = await manager();
    expect((await create(['costs:read'], as)).scopes).toEqual(['costs:read']);
    const body = { name: randomUUID(), scopes: ['costs:read', 'actions:propose'] };
    const refused = await api.call('POST', LIST, { as, body });
    expect(refused.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
    expect(refused.problem().detail).toContain('actions:propose');
  });

  test('neither widens an account nor takes over one that may do more', async () => {
    const { as } = await manager();
    const poor = await create(['costs:read']);
    const rich = await create(['costs:read', 'anomalies:write']);
    for (const reply of [
      await patch({ scopes: ['anomalies:write'] }, as, poor.id),
      await newSecret({}, as, rich.id),
      await patch({ scopes: ['costs:read'] }, as, rich.id),
      await patch({ enabled: false }, as, rich.id),
      await api.call('DELETE', path(rich.id), { as }),
    ])
      expect(reply.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await patch({ enabled: false }, as, poor.id)).status).toBe(200);
  });
});

test('an admin can give every scope of services, but those that open credentials', async () => {
  for (const scope of SERVICE_SCOPES) {
    const body = { name: `${scope} ${randomUUID()}`, scopes: [scope] };
    const { status } = await api.call('POST', LIST, { as: admin.as, body });
    expect(status, scope).toBe(
      /^credentials:(?!write)|^notifications:send$/.test(scope) ? 400 : 201,
    );
  }
});

test('a token says who, for whom, until when and of which type', async () => {
  const token = (await askToken(undefined, { resource: mcpAudience(api.services.env) })).read(
    TokenReply,
  ).access_token;
  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
  expect(header).toMatchObject({ typ: 'at+jwt', alg: 'EdDSA', kid: expect.any(String) as string });
  const { iat, nbf, exp } = payload as Record<string, number>;
  expect(payload).toMatchObject({
    iss: 'http://localhost:8000',
    aud: 'http://localhost:8000/mcp',
    sub: account.clientId,
    scope: 'costs:read anomalies:read',
    jti: expect.any(String) as string,
  });
  expect([nbf, exp]).toEqual([iat, Number(iat) + 900]);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVICES_ONLY } from '../../core/contracts/access.ts';
import { Credential, CredentialList, OpenedCredential } from '../../core/contracts/credential.ts';
import type { Provider } from '../../core/contracts/scalars.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import { saveDraft } from '../../db/queries/credentials/saveCredential.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { EXAMPLES } from '../../tests/credentials/examples.ts';

let api: TestApi;
let admin: TestUser;
beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
afterAll(() => api.close());

const connect = async (provider: Provider): Promise<string> => {
  const created = await insertConnection(api.services.db, {
    ...{ provider, name: `c-${randomUUID()}`, mode: 'read_only', pollIntervalMinutes: 60 },
  });
  return created.id;
};
const at = (id: string, rest = '') => `/api/v1/connections/${id}/credential${rest}`;
const put = (id: string, body: unknown) => api.call('PUT', at(id), { as: admin.as, body });
const open = (id: string, as: Record<string, string>, body: unknown = {}) =>
  api.call('POST', at(id, '/open'), { as, body });
const entries = (id: string) =>
  api.services.db
    .selectFrom('audit_log')
    .select(['operation', 'actor_name', 'detail'])
    .where('subject', '=', `connection:${id}`)
    .orderBy('seq')
    .execute();

describe('a stored credential', () => {
  test.each(EXAMPLES)(
    '$credential.kind shows what recognises it, and no secret',
    async (example) => {
      const { provider, credential, hint, secrets } = example;
      const id = await connect(provider);
      const stored = await put(id, credential);
      expect(stored.status).toBe(200);
      const expected = {
        connectionId: id,
        provider,
        kind: credential.kind,
        hint,
        version: 1,
        lastTest: null,
      };
      expect(stored.read(Credential)).toMatchObject(expected);
      const shown = await api.call('GET', at(id), { as: admin.as });
      expect(shown.body).toEqual(stored.body);
      const list = await api.call('GET', '/api/v1/credentials', { as: admin.as });
      expect(list.read(CredentialList).items).toContainEqual(shown.body);
      const rows = JSON.stringify([
        await api.services.db.selectFrom('credentials').selectAll().execute(),
        await entries(id),
        api.logLines,
        shown.text,
        list.text,
      ]);
      for (const secret of secrets) expect(rows).not.toContain(secret);
    },
  );

  test('replaces the one before; the audit log has both, by what recognises them', async () => {
    const id = await connect('openai');
    await put(id, { kind: 'openai_admin_key', adminKey: 'sk-admin-first-0001' });
    const second = await put(id, { kind: 'openai_admin_key', adminKey: 'sk-admin-second-0002' });
    expect(second.read(Credential)).toMatchObject({ version: 2, hint: '…0002' });
    expect((await entries(id)).map(({ operation, detail }) => ({ operation, detail }))).toEqual([
      {
        operation: 'credential.store',
        detail: { before: null, after: { kind: 'openai_admin_key', hint: '…0001', version: 1 } },
      },
      {
        operation: 'credential.store',
        detail: {
          before: { kind: 'openai_admin_key', hint: '…0001', version: 1 },
          after: { kind: 'openai_admin_key', hint: '…0002', version: 2 },
        },
      },
    ]);
  });

  test('is one of many that are stored at once', async () => {
    const id = await connect('openai');
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        put(id, { kind: 'openai_admin_key', adminKey: `sk-admin-many-000${i}` }),
      ),
    );
    const versions = replies.map((reply) => reply.read(Credential).version);
    expect(versions.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const service = await api.addService(['credentials:openai']);
    expect((await open(id, service.as)).read(OpenedCredential).version).toBe(8);
  });

  test('can be deleted; then there is none', async () => {
    const id = await connect('anthropic');
    await put(id, { kind: 'anthropic_admin_key', adminKey: 'sk-ant-admin01-00000001' });
    expect((await api.call('DELETE', at(id), { as: admin.as })).status).toBe(204);
    for (const method of ['GET', 'DELETE'])
      expect((await api.call(method, at(id), { as: admin.as })).refusal()).toMatchObject({
        status: 404,
        code: 'credential_not_found',
      });
    expect((await entries(id)).at(-1)?.operation).toBe('credential.delete');
  });
});

describe('what is refused, and not stored', () => {
  const bad: [string, Provider, unknown, string][] = [
    ['of another provider', 'azure', EXAMPLES[0]?.credential, '/kind'],
    [
      'an endpoint beside the key',
      'aws',
      { ...EXAMPLES[0]?.credential, endpoint: 'http://x' },
      '/endpoint',
    ],
    [
      'a temporary key',
      'aws',
      {
        kind: 'aws_access_key',
        accessKeyId: 'ASIAABCDEFGHIJKLMNOP',
        secretAccessKey: 'x'.repeat(40),
      },
      '/accessKeyId',
    ],
    [
      'a role without an external id',
      'aws',
      { kind: 'aws_role', roleArn: 'arn:aws:iam::123456789012:role/r' },
      '/externalId',
    ],
    [
      'an external id that can be guessed',
      'aws',
      { kind: 'aws_role', roleArn: 'arn:aws:iam::123456789012:role/r', externalId: 'costguard' },
      '/externalId',
    ],
    [
      'a key whose tokens are asked elsewhere',
      'gcp',
      withKey({ token_uri: 'http://169.254.169.254/token' }),
      '/key/token_uri',
    ],
    [
      'a key of another universe',
      'gcp',
      withKey({ universe_domain: 'evil.example' }),
      '/key/universe_domain',
    ],
    [
      'a project key',
      'openai',
      { kind: 'openai_admin_key', adminKey: 'sk-proj-0123456789' },
      '/adminKey',
    ],
    [
      'a key with a line break',
      'openai',
      { kind: 'openai_admin_key', adminKey: 'sk-admin-0123456789\nx' },
      '/adminKey',
    ],
    ['no kind', 'openai', {}, '/kind'],
  ];
  test.each(bad)('%s', async (_name, provider, body, pointer) => {
    const id = await connect(provider);
    const reply = await put(id, body);
    const { status, code, pointers } = reply.refusal();
    expect([status, code]).toEqual(
      status === 409 ? [409, 'credential_of_other_provider'] : [400, 'invalid_request'],
    );
    expect(pointers).toContain(pointer);
    expect((await api.call('GET', at(id), { as: admin.as })).status).toBe(404);
  });

  test('the refusal does not quote the secret', async () => {
    const id = await connect('openai');
    const reply = await put(id, { kind: 'openai_admin_key', adminKey: 'sk-planted-secret-123' });
    expect(reply.text + api.logLines.join('')).not.toContain('sk-planted-secret-123');
  });
});

describe('opening', () => {
  const scopeOf = { aws: 'credentials:aws', azure: 'credentials:azure' } as const;

  test.each(EXAMPLES)(
    '$credential.kind comes back whole to its provider’s service',
    async (example) => {
      const id = await connect(example.provider);
      await put(id, example.credential);
      const service = await api.addService([`credentials:${example.provider}`]);
      const reply = await open(id, service.as);
      expect(reply.read(OpenedCredential)).toMatchObject({
        connectionId: id,
        version: 1,
        credential: example.credential,
      });
      expect(reply.headers.get('cache-control')).toBe('no-store');
    },
  );

  test('the aws account gets nothing of azure’s, nor learns that it is there', async () => {
    const id = await connect('azure');
    await put(id, EXAMPLES.find(({ provider }) => provider === 'azure')?.credential);
    const aws = await api.addService([scopeOf.aws]);
    const [there, missing] = [await open(id, aws.as), await open(randomUUID(), aws.as)];
    expect(there.refusal()).toEqual({ status: 404, code: 'connection_not_found', pointers: [] });
    expect({ ...there.problem(), requestId: '' }).toEqual({ ...missing.problem(), requestId: '' });
  });

  test('no person opens one, whatever the role', async () => {
    const id = await connect('aws');
    await put(id, EXAMPLES[0]?.credential);
    for (const role of ['viewer', 'operator', 'approver', 'admin'] as const) {
      const person = await api.signIn(role);
      for (const one of [id, randomUUID()])
        expect((await open(one, person.as)).refusal().code).toBe('forbidden');
    }
    const writer = await api.addService(['credentials:write', 'connections:write']);
    expect((await open(id, writer.as)).status).toBe(403);
    expect(SERVICES_ONLY).toContain('credentials:aws');
  });

  test('stands in the audit log once for an account and version, not for each poll', async () => {
    const id = await connect('aws');
    await put(id, EXAMPLES[0]?.credential);
    const service = await api.addService([scopeOf.aws]);
    await Promise.all(Array.from({ length: 6 }, () => open(id, service.as)));
    await open(id, (await api.addService([scopeOf.aws])).as);
    await put(id, EXAMPLES[0]?.credential);
    await open(id, service.as);
    const opened = (await entries(id)).filter(({ operation }) => operation === 'credential.open');
    expect(opened.map(({ detail }) => detail)).toEqual([
      { kind: 'aws_access_key', version: 1 },
      { kind: 'aws_access_key', version: 1 },
      { kind: 'aws_access_key', version: 2 },
    ]);
    await api.services.db
      .updateTable('credential_openings')
      .set({ audited_at: new Date(Date.now() - 15 * 60_000) })
      .execute();
    await open(id, service.as);
    expect((await entries(id)).at(-1)?.operation).toBe('credential.open');
  });

  test('an Idempotency-Key keeps no copy of the secret', async () => {
    const id = await connect('aws');
    await put(id, EXAMPLES[0]?.credential);
    const service = await api.addService([scopeOf.aws]);
    const headers = { 'idempotency-key': randomUUID() };
    const reply = await api.call('POST', at(id, '/open'), { as: service.as, body: {}, headers });
    expect(reply.status).toBe(200);
    const kept = await api.services.db
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('principal_id', '=', service.id)
      .execute();
    expect(kept).toEqual([]);
  });

  test('a row that was moved to another connection does not open', async () => {
    const [a, b] = [await connect('aws'), await connect('aws')];
    await put(a, EXAMPLES[0]?.credential);
    await api.services.db
      .updateTable('credentials')
      .set({ connection_id: b })
      .where('connection_id', '=', a)
      .execute();
    const service = await api.addService([scopeOf.aws]);
    const reply = await open(b, service.as);
    expect(reply.refusal()).toMatchObject({ status: 500, code: 'key_unavailable' });
    await api.services.db.deleteFrom('credentials').where('connection_id', '=', b).execute();
  });

  test('a draft of another connection does not open', async () => {
    const [a, b] = [await connect('aws'), await connect('aws')];
    await put(a, EXAMPLES[0]?.credential);
    const row = await api.services.db
      .selectFrom('credentials')
      .select('id')
      .where('connection_id', '=', a)
      .executeTakeFirstOrThrow();
    const service = await api.addService([scopeOf.aws]);
    expect((await open(b, service.as, { draftId: row.id })).status).toBe(404);
    expect((await open(a, service.as, { draftId: row.id })).status).toBe(404);
  });

  test('a draft opens for the time of a test only', async () => {
    const id = await connect('openai');
    const { db, keyring } = api.services;
    const draftId = await saveDraft(db, keyring, id, {
      kind: 'openai_admin_key',
      adminKey: 'sk-admin-draft-0002',
    });
    const service = await api.addService(['credentials:openai']);
    expect((await open(id, service.as, { draftId })).status).toBe(200);
    expect((await open(id, service.as)).refusal().code).toBe('credential_not_found');
    const created_at = new Date(Date.now() - 5 * 60_000);
    await db.updateTable('credentials').set({ created_at }).where('id', '=', draftId).execute();
    expect((await open(id, service.as, { draftId })).status).toBe(404);
  });
});

describe('testing', () => {
  test('a server that is away is told, the draft is gone, and nothing is stored', async () => {
    const id = await connect('openai');
    const body = { credential: { kind: 'openai_admin_key', adminKey: 'sk-admin-draft-0001' } };
    const reply = await api.call('POST', `/api/v1/connections/${id}/test`, { as: admin.as, body });
    expect(reply.refusal()).toMatchObject({ status: 503, code: 'provider_unavailable' });
    const rows = await api.services.db
      .selectFrom('credentials')
      .selectAll()
      .where('connection_id', '=', id)
      .execute();
    expect(rows).toEqual([]);
  });
});

function withKey(more: Record<string, string>) {
  const gcp = EXAMPLES.find(({ credential }) => credential.kind === 'gcp_service_account');
  const credential = gcp?.credential;
  if (credential?.kind !== 'gcp_service_account') throw new Error('no example');
  return { ...credential, key: { ...credential.key, ...more } };
}

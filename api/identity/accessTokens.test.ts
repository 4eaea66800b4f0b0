import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { ALL_SCOPES, SERVICE_SCOPES } from '../../core/contracts/access.ts';
import { Me } from '../../core/contracts/identity.ts';
import { signAccessToken, type SigningKey } from '../../core/identity/accessToken.ts';
import { ensureSigningKey, listPublicKeys } from '../../db/queries/identity/signingKeys.ts';
import type { TestService } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import { createTokenKeys } from './tokenKeys.ts';

let api: TestApi;
let service: TestService;

beforeAll(async () => {
  api = await startTestApi();
  service = await api.addService(['costs:read']);
});
afterAll(() => api.close());

const me = (token: string) =>
  api.call('GET', '/api/v1/auth/me', { as: { authorization: `Bearer ${token}` } });

async function sign(
  given: { sub?: string; scope?: string; audience?: string; key?: SigningKey; now?: Date } = {},
): Promise<string> {
  const issuer = publicApiUrl(api.services.env);
  return signAccessToken(
    { sub: given.sub ?? service.clientId, scope: given.scope ?? 'costs:read', jti: 'j' },
    given.key ?? (await api.services.tokenKeys.signing()),
    { issuer, audience: given.audience ?? issuer, now: given.now ?? new Date() },
  );
}

test('a token says which service calls, and that it is no person', async () => {
  expect((await me(await sign())).read(Me)).toMatchObject({
    kind: 'service',
    id: service.id,
    role: null,
    scopes: ['costs:read'],
    csrfToken: null,
  });
});

describe('scopes', () => {
  test('beyond those of the account have no effect', async () => {
    const reply = await me(await sign({ scope: 'costs:read users:write' }));
    expect(reply.read(Me).scopes).toEqual(['costs:read']);
  });

  test('that the token does not name have no effect, even where the account has them', async () => {
    const both = await api.addService(['costs:read', 'actions:read']);
    const reply = await me(await sign({ sub: both.clientId, scope: 'actions:read' }));
    expect(reply.read(Me).scopes).toEqual(['actions:read']);
  });

  test('of people have no effect, even where account and token name them', async () => {
    const powerful = await api.addService(ALL_SCOPES);
    const reply = await me(await sign({ sub: powerful.clientId, scope: ALL_SCOPES.join(' ') }));
    expect(reply.read(Me).scopes).toEqual(SERVICE_SCOPES);
  });

  test('taken from the account end with the next request', async () => {
    const shrinking = await api.addService(['costs:read']);
    const token = await sign({ sub: shrinking.clientId });
    await api.services.db
      .updateTable('service_accounts')
      .set({ scopes: [] })
      .where('id', '=', shrinking.id)
      .execute();
    expect((await me(token)).read(Me).scopes).toEqual([]);
  });
});

describe('401', () => {
  const refused = async (token: string) => {
    const reply = await me(token);
    expect(reply.refusal()).toMatchObject({ status: 401, code: 'unauthenticated' });
    return { ...reply.problem(), requestId: '' };
  };

  test('is the same for every token that does not hold', async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const { kid } = await api.services.tokenKeys.signing();
    const answers = [
      await refused('not-a-token'),
      await refused(await sign({ audience: mcpAudience(api.services.env) })),
      await refused(await sign({ audience: 'https://elsewhere.example' })),
      await refused(await sign({ key: { kid, privateKey } })),
      await refused(await sign({ key: { kid: 'unknown', privateKey } })),
      await refused(await sign({ now: new Date(Date.now() - 16 * 60_000) })),
      await refused(await sign({ now: new Date(Date.now() + 60_000) })),
      await refused(await sign({ sub: 'cg-nobody' })),
    ];
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('for a disabled account, from the next request on', async () => {
    const disabled = await api.addService(['costs:read']);
    const token = await sign({ sub: disabled.clientId });
    expect((await me(token)).status).toBe(200);
    await api.services.db
      .updateTable('service_accounts')
      .set({ enabled: false })
      .where('id', '=', disabled.id)
      .execute();
    await refused(token);
  });

  test.each(['Basic YTpi', 'Bearer', 'Bearer ', 'Token abc', 'Bearer a b', ''])(
    'for the header %j, even beside a good session',
    async (authorization) => {
      const user = await api.signIn('viewer');
      const reply = await api.call('GET', '/api/v1/auth/me', {
        as: { ...user.as, authorization },
      });
      expect(reply.status).toBe(401);
    },
  );
});

describe('signing keys', () => {
  const retire = (kid: string, minutesAgo: number) =>
    api.services.db
      .updateTable('signing_keys')
      .set({ retired_at: new Date(Date.now() - minutesAgo * 60_000) })
      .where('kid', '=', kid)
      .execute();

  test('a retired key verifies what it signed, and is forgotten once that has run out', async () => {
    const { db, vault } = api.services;
    const old = await api.services.tokenKeys.signing();
    const kids = async () => (await listPublicKeys(db)).map((jwk) => jwk.kid);
    await retire(old.kid, 1);
    await ensureSigningKey(db, vault);
    const { kid } = await createTokenKeys(db, vault).signing();
    expect(kid).not.toBe(old.kid);
    expect(await kids()).toEqual([old.kid, kid]);
    await retire(old.kid, 61);
    expect(await kids()).toEqual([kid]);
    expect(await createTokenKeys(db, vault).find(old.kid)).toBeUndefined();
  });

  test('the published set has public halves only', async () => {
    const reply = await api.call('GET', '/.well-known/jwks.json');
    expect(reply.headers.get('cache-control')).toBe('public, max-age=60');
    expect(reply.body).toEqual({
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          alg: 'EdDSA',
          use: 'sig',
          kid: expect.any(String) as unknown,
          x: expect.any(String) as unknown,
        },
      ],
    });
  });

  test('made-up key ids do not load the database', async () => {
    const keys = createTokenKeys(api.services.db, api.services.vault);
    await keys.find('first');
    await api.services.db.schema.alterTable('signing_keys').renameTo('keys_away').execute();
    for (let i = 0; i < 20; i += 1) expect(await keys.find(`made-up-${String(i)}`)).toBeUndefined();
    await api.services.db.schema.alterTable('keys_away').renameTo('signing_keys').execute();
  });
});

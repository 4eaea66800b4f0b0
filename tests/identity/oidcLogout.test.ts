import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Me, SignedOut } from '../../core/contracts/identity.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { type CookieBrowser, createCookieBrowser, type Visit } from './cookieBrowser.ts';
import { type IdentityProvider, startIdentityProvider } from './identityProvider.ts';

// Where the dashboard would stand; the test takes what the browser would ask there to the API itself.
const UI = 'http://localhost:8501';
const CALLBACK = `${UI}/api/v1/auth/oidc/callback`;
const BACKCHANNEL = '/api/v1/auth/oidc/backchannel-logout';

let idp: IdentityProvider;
let api: TestApi;
/** The provider knows this address before the API has one; it takes what the provider tells to the API. */
const wire = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const headers = { 'content-type': incoming.headers['content-type'] ?? '' };
    void fetch(`${api.url}${incoming.url ?? ''}`, {
      method: 'POST',
      headers,
      body: Buffer.concat(chunks),
    }).then(({ status }) => {
      told.push(status);
      outgoing.writeHead(status).end();
    });
  });
});
/** What the API answered to the provider. */
const told: number[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const backchannelUri = `http://127.0.0.1:${(wire.address() as AddressInfo).port}${BACKCHANNEL}`;
  idp = await startIdentityProvider(CALLBACK, { returnUri: `${UI}/`, backchannelUri });
  api = await startTestApi({
    env: {
      OIDC_ISSUER: idp.issuer,
      OIDC_CLIENT_ID: idp.clientId,
      OIDC_CLIENT_SECRET: idp.clientSecret,
      OIDC_ROLE_MAP: 'readers=viewer',
      OIDC_PRIVATE_HOSTS: '127.0.0.1',
    },
  });
});
beforeEach(() => void told.splice(0));
afterAll(async () => {
  await api.close();
  await idp.close();
  await new Promise((resolve) => wire.close(resolve));
});

/** Fills the provider's forms until it sends the browser to `stopAt`. */
async function through(browser: CookieBrowser, url: string, login: string, stopAt: string) {
  let page: Visit = await browser.follow(url, stopAt);
  for (let forms = 0; forms < 4 && page.location === undefined; forms += 1) {
    const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const hidden = [...page.text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map((found) => [
      found[1] ?? '',
      found[2] ?? '',
    ]);
    const form = {
      ...(Object.fromEntries(hidden) as Record<string, string>),
      login,
      password: 'any',
    };
    if (action.includes('/session/end')) Object.assign(form, { logout: 'yes' });
    page = await browser.follow(new URL(action, page.url).href, stopAt, form);
  }
  if (page.location === undefined) throw new Error(`No way back: ${page.text.slice(0, 800)}`);
  return page.location;
}
async function signIn(login: string, browser = createCookieBrowser()): Promise<CookieBrowser> {
  idp.accounts.set(login, { preferred_username: login, groups: ['readers'] });
  const back = await through(browser, `${api.url}/api/v1/auth/oidc/start`, login, CALLBACK);
  await browser.visit(back.replace(UI, api.url));
  return browser;
}
const me = (browser: CookieBrowser) =>
  api.call('GET', '/api/v1/auth/me', { as: { cookie: browser.cookies(api.url) } });
async function signOut(browser: CookieBrowser) {
  const { csrfToken } = (await me(browser)).read(Me);
  return api.call('POST', '/api/v1/auth/logout', {
    as: { cookie: browser.cookies(api.url), 'x-csrf-token': csrfToken ?? '' },
  });
}
const sessionOf = async (browser: CookieBrowser) => {
  const { id } = (await me(browser)).read(Me);
  return api.services.db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', id)
    .orderBy('created_at', 'desc')
    .executeTakeFirstOrThrow();
};

describe('signing out', () => {
  test('ends the session here and leads to the provider, which ends its own without asking who', async () => {
    const browser = await signIn('ada');
    const reply = await signOut(browser);
    expect(reply.status).toBe(200);
    const { continueAt } = reply.read(SignedOut);
    const { origin, searchParams } = new URL(continueAt);
    expect(origin).toBe(idp.issuer);
    expect(searchParams.get('post_logout_redirect_uri')).toBe(`${UI}/`);
    expect(searchParams.get('id_token_hint')).toMatch(/^ey/);
    expect((await me(browser)).status).toBe(401);
    const back = await through(browser, continueAt, 'ada', `${UI}/`);
    expect(new URL(back).origin).toBe(UI);
    // The provider has forgotten the browser: it asks for a password again.
    const again = await browser.follow(`${api.url}/api/v1/auth/oidc/start`, CALLBACK);
    expect(again.location).toBeUndefined();
    expect(again.text).toMatch(/name="password"/);
  });

  test('with a password is as before, and the ID token is stored sealed only', async () => {
    const user = await api.signIn('viewer');
    expect((await api.call('POST', '/api/v1/auth/logout', { as: user.as })).status).toBe(204);
    const { id_token_sealed: sealed } = await sessionOf(await signIn('grace'));
    expect(sealed).not.toBeNull();
    expect(sealed).not.toMatch(/eyJ[\w-]+\.eyJ/);
    expect(api.logLines.join('')).not.toMatch(/id_token_hint|eyJhbGciOiJSUzI1NiI/);
  });
});

describe('the provider', () => {
  test('tells that somebody has signed out there, and the session here ends, no other', async () => {
    const [browser, other] = [await signIn('mary'), await signIn('joan')];
    const elsewhere = await signIn('mary');
    await through(browser, `${idp.issuer}/session/end`, 'mary', `${UI}/`).catch(() => undefined);
    await expect.poll(() => told, { timeout: 10_000 }).toEqual([200]);
    expect((await me(browser)).status).toBe(401);
    for (const one of [other, elsewhere]) expect((await me(one)).status).toBe(200);
    const entries = await api.services.db
      .selectFrom('audit_log')
      .select(['actor_kind', 'detail'])
      .where('operation', '=', 'session.end')
      .where('actor_name', '=', 'identity provider')
      .execute();
    expect(entries).toEqual([
      {
        actor_kind: 'system',
        detail: { signIn: 'oidc', reason: 'signed out at the provider', ended: 1 },
      },
    ]);
  });

  const claims = (given: JWTPayload = {}): JWTPayload => ({
    iss: idp.issuer,
    aud: idp.clientId,
    iat: Math.floor(Date.now() / 1000),
    exp: Math.floor(Date.now() / 1000) + 120,
    jti: randomUUID(),
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    ...given,
  });
  const tell = (token: string) =>
    api.call('POST', BACKCHANNEL, {
      rawBody: new URLSearchParams({ logout_token: token }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  test('that names the person only ends all of the person’s sessions', async () => {
    const browsers = [await signIn('rosa'), await signIn('rosa')];
    expect((await tell(await idp.sign(claims({ sub: 'rosa' })))).status).toBe(200);
    for (const browser of browsers) expect((await me(browser)).status).toBe(401);
  });

  test.each<[string, () => Promise<string> | string]>([
    [
      'of another key',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        const header = { alg: 'RS256', kid: 'test-key' };
        return new SignJWT(claims({ sub: 'kept' })).setProtectedHeader(header).sign(privateKey);
      },
    ],
    ['without a signature', () => new UnsecuredJWT(claims({ sub: 'kept' })).encode()],
    ['for another client', () => idp.sign(claims({ sub: 'kept', aud: 'somebody-else' }))],
    ['of another issuer', () => idp.sign(claims({ sub: 'kept', iss: 'https://other.example' }))],
    [
      'that has run out',
      () => idp.sign(claims({ sub: 'kept', exp: Math.floor(Date.now() / 1000) - 120 })),
    ],
    [
      'that is old',
      () => idp.sign(claims({ sub: 'kept', iat: Math.floor(Date.now() / 1000) - 3_600 })),
    ],
    ['that names nobody', () => idp.sign(claims())],
    ['with a nonce, as an ID token has', () => idp.sign(claims({ sub: 'kept', nonce: 'n' }))],
    ['that tells of no log-out', () => idp.sign(claims({ sub: 'kept', events: {} }))],
    ['that is no token', () => 'a.b.c'],
  ])('is not believed by a token %s', async (_name, make) => {
    const browser = await signIn('kept');
    const reply = await tell(await make());
    expect(reply.refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers: ['/logout_token'],
    });
    expect((await me(browser)).status).toBe(200);
  });
});

test('without a provider there is nothing to tell', async () => {
  const plain = await startTestApi();
  try {
    const reply = await plain.call('POST', BACKCHANNEL, { body: { logout_token: 'x' } });
    expect(reply.status).toBe(404);
  } finally {
    await plain.close();
  }
});

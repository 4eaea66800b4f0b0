import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Me, User, UserPage } from '../../core/contracts/identity.ts';
import { createGuardedFetch } from '../../api/identity/oidc/createGuardedFetch.ts';
import { TEST_PASSWORD } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { type CookieBrowser, createCookieBrowser, type Visit } from './cookieBrowser.ts';
import { type IdentityProvider, startIdentityProvider } from './identityProvider.ts';

// Where the dashboard would stand; the test takes what the browser would ask there to the API itself.
const UI = 'http://localhost:8501';
const CALLBACK = `${UI}/api/v1/auth/oidc/callback`;
const ROLE_MAP = 'readers=viewer,finops=operator,leads=approver,owners=admin';

let idp: IdentityProvider;
let api: TestApi;
const settings = () => ({
  OIDC_ISSUER: idp.issuer,
  OIDC_CLIENT_ID: idp.clientId,
  OIDC_CLIENT_SECRET: idp.clientSecret,
  OIDC_ROLE_MAP: ROLE_MAP,
  OIDC_PRIVATE_HOSTS: '127.0.0.1',
});

beforeAll(async () => {
  idp = await startIdentityProvider(CALLBACK);
  api = await startTestApi({ env: settings() });
});
beforeEach(() => {
  idp.tamper = null;
  api.clock.now = null;
});
afterAll(async () => {
  await api.close();
  await idp.close();
});

const at = (url: string) => url.replace(UI, api.url);

/** Signs in at the provider and stops where it sends the browser back; returns that address. */
async function comeBack(browser: CookieBrowser, login: string, query = ''): Promise<string> {
  const start = `${api.url}/api/v1/auth/oidc/start${query}`;
  let page = await browser.follow(start, CALLBACK);
  for (let forms = 0; forms < 3 && page.location === undefined; forms += 1) {
    const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1] ?? '';
    const form = prompt === 'login' ? { prompt, login, password: 'any' } : { prompt };
    page = await browser.follow(new URL(action, page.url).href, CALLBACK, form);
  }
  if (page.location === undefined) throw new Error(`No way back: ${page.text.slice(0, 500)}`);
  return page.location;
}

async function signIn(login: string, browser = createCookieBrowser(), query = '') {
  const back = await comeBack(browser, login, query);
  const reply = await browser.visit(at(back));
  return { browser, back, reply };
}

const me = (browser: CookieBrowser) =>
  api.call('GET', '/api/v1/auth/me', { as: { cookie: browser.cookies(api.url) } });
const refused = ({ status, location, setCookies }: Visit) => ({
  status,
  code: /^http:\/\/localhost:8501\/\?sign_in=(\w+)$/.exec(location ?? '')?.[1],
  hasSession: setCookies.some((line) => /^costguard_session=./.test(line)),
});
const FAILED = { status: 303, code: 'oidc_failed', hasSession: false };
const NO_ROLE = { status: 303, code: 'oidc_no_role', hasSession: false };

describe('signing in', () => {
  test('adds a person at the first time, with the role of their groups, and leads back', async () => {
    idp.accounts.set('ada', { preferred_username: 'Ada', groups: ['readers', 'finops'] });
    const { browser, reply } = await signIn('ada', undefined, '?return_to=/anomalies%3Fopen%3D1');
    expect(reply).toMatchObject({ status: 303, location: `${UI}/anomalies?open=1` });
    expect((await me(browser)).read(Me)).toMatchObject({
      name: 'ada',
      role: 'operator',
      signIn: 'oidc',
      mustChangePassword: false,
    });
    const { id } = (await me(browser)).read(Me);
    const again = await signIn('ada');
    expect((await me(again.browser)).read(Me).id).toBe(id);
    const rows = await api.services.db
      .selectFrom('audit_log')
      .select(['operation', 'actor_name'])
      .where((eb) => eb.or([eb('subject', '=', `user:${id}`), eb('actor_id', '=', id)]))
      .orderBy('seq')
      .execute();
    expect(rows.map(({ operation }) => operation)).toEqual([
      'user.create',
      'session.start',
      'session.start',
    ]);
  });

  test('asks with PKCE, state and nonce, and keeps them from scripts and from the provider', async () => {
    const { location = '', setCookies } = await createCookieBrowser().visit(
      `${api.url}/api/v1/auth/oidc/start`,
    );
    const { searchParams } = new URL(location);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid profile email',
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    const cookie = setCookies.find((line) => line.startsWith('costguard_oidc=')) ?? '';
    expect(cookie).toMatch(/Max-Age=600; Path=\/; HttpOnly; SameSite=Lax/);
    expect(cookie).not.toContain(searchParams.get('state'));
  });

  test('a name that is taken becomes another one: nobody is linked by name or mail address', async () => {
    const local = await api.addUser('admin', 'grace@example.org');
    idp.accounts.set('mallory', {
      email: 'grace@example.org',
      email_verified: true,
      groups: ['readers'],
    });
    const { browser } = await signIn('mallory');
    const who = (await me(browser)).read(Me);
    expect(who).toMatchObject({ role: 'viewer' });
    expect(who.name).toMatch(/^grace@example\.org-[0-9a-f]{8}$/);
    expect(who.id).not.toBe(local.id);
  });

  test('ten first sign-ins at once add one person', async () => {
    idp.accounts.set('rushed', { preferred_username: 'rushed', groups: ['readers'] });
    const browsers = Array.from({ length: 5 }, () => createCookieBrowser());
    const backs: string[] = [];
    for (const browser of browsers) backs.push(await comeBack(browser, 'rushed'));
    const replies = await Promise.all(
      browsers.map((browser, i) => browser.visit(at(backs[i] ?? ''))),
    );
    expect(replies.map((reply) => refused(reply).hasSession)).toEqual(browsers.map(() => true));
    const people = await api.services.db
      .selectFrom('users')
      .select('username')
      .where('username', 'like', 'rushed%')
      .execute();
    expect(people).toEqual([{ username: 'rushed' }]);
  });
});

describe('the role', () => {
  test.each([
    ['no groups', {}],
    ['groups that are mapped to nothing', { groups: ['others', 'OWNERS'] }],
    ['a group that only looks like one', { groups: 'owners,leads' }],
  ])('with %s nobody gets in, and nobody is added', async (name, claims) => {
    idp.accounts.set(name, { preferred_username: 'uninvited', ...claims });
    const { reply, browser } = await signIn(name);
    expect(refused(reply)).toEqual(NO_ROLE);
    expect((await me(browser)).status).toBe(401);
    const admin = await api.signIn('admin');
    const page = (await api.call('GET', '/api/v1/users?limit=200', { as: admin.as })).read(
      UserPage,
    );
    expect(page.items.some(({ username }) => username.startsWith('uninvited'))).toBe(false);
  });

  test('is read again at each sign-in; another one ends the sessions with the old one', async () => {
    idp.accounts.set('mover', { preferred_username: 'mover', groups: ['owners'] });
    const first = await signIn('mover');
    expect((await me(first.browser)).read(Me).role).toBe('admin');
    idp.accounts.set('mover', { preferred_username: 'mover', groups: ['readers'] });
    const second = await signIn('mover');
    expect((await me(second.browser)).read(Me).role).toBe('viewer');
    expect((await me(first.browser)).status).toBe(401);
  });

  test('lost ends all sessions', async () => {
    idp.accounts.set('leaver', { preferred_username: 'leaver', groups: ['leads'] });
    const { browser } = await signIn('leaver');
    expect((await me(browser)).status).toBe(200);
    idp.accounts.set('leaver', { preferred_username: 'leaver', groups: [] });
    expect(refused((await signIn('leaver')).reply)).toEqual(NO_ROLE);
    expect((await me(browser)).status).toBe(401);
  });

  test('and the password are the provider’s to change; disabling is ours, and holds', async () => {
    idp.accounts.set('fixed', { preferred_username: 'fixed', groups: ['readers'] });
    const { browser } = await signIn('fixed');
    const { id, csrfToken } = (await me(browser)).read(Me);
    const admin = await api.signIn('admin');
    const patch = (body: unknown) =>
      api.call('PATCH', `/api/v1/users/${id}`, { as: admin.as, body });
    const managed = { status: 409, code: 'managed_by_provider' };
    expect((await patch({ role: 'admin' })).refusal()).toMatchObject(managed);
    expect((await patch({ password: 'a password of ours' })).refusal()).toMatchObject(managed);
    const reset = await api.call('POST', `/api/v1/users/${id}/password`, { as: admin.as });
    expect(reset.refusal()).toMatchObject(managed);
    const own = await api.call('POST', '/api/v1/auth/password', {
      as: { cookie: browser.cookies(api.url), 'x-csrf-token': csrfToken ?? '' },
      body: { currentPassword: 'x', newPassword: 'a password of ours' },
    });
    expect(own.refusal()).toMatchObject(managed);
    const login = await api.call('POST', '/api/v1/auth/login', {
      body: { username: 'fixed', password: 'a password of ours' },
    });
    expect(login.refusal()).toMatchObject({ status: 401, code: 'sign_in_failed' });
    expect((await patch({ enabled: false })).read(User)).toMatchObject({ signIn: 'oidc' });
    expect(refused((await signIn('fixed')).reply)).toEqual(NO_ROLE);
  });
});

describe('what is not exactly what was asked for lets nobody in', () => {
  beforeAll(() => {
    idp.accounts.set('target', { preferred_username: 'target', groups: ['owners'] });
  });

  test('another state', async () => {
    const browser = createCookieBrowser();
    const back = new URL(await comeBack(browser, 'target'));
    back.searchParams.set('state', 'x'.repeat(43));
    expect(refused(await browser.visit(at(back.href)))).toEqual(FAILED);
  });

  test.each(['state', 'code', 'iss'])('no %s', async (name) => {
    const browser = createCookieBrowser();
    const back = new URL(await comeBack(browser, 'target'));
    back.searchParams.delete(name);
    expect(refused(await browser.visit(at(back.href)))).toEqual(FAILED);
  });

  test('the answer of another issuer', async () => {
    const browser = createCookieBrowser();
    const back = new URL(await comeBack(browser, 'target'));
    back.searchParams.set('iss', 'https://evil.example');
    expect(refused(await browser.visit(at(back.href)))).toEqual(FAILED);
  });

  test('a way back that another browser began', async () => {
    const back = await comeBack(createCookieBrowser(), 'target');
    const other = createCookieBrowser();
    expect(refused(await other.visit(at(back))).code).toBe('oidc_expired');
    await comeBack(other, 'target');
    expect(refused(await other.visit(at(back)))).toEqual(FAILED);
  });

  test('the same way back twice', async () => {
    const { browser, back, reply } = await signIn('target');
    const sealed = 'costguard_oidc';
    expect(reply.setCookies.some((line) => line.startsWith(`${sealed}=; Max-Age=0`))).toBe(true);
    expect(refused(await browser.visit(at(back))).code).toBe('oidc_expired');
  });

  test('a code that was redeemed already, though the cookie is there still', async () => {
    const browser = createCookieBrowser();
    const back = await comeBack(browser, 'target');
    const kept = /costguard_oidc=([^;]+)/.exec(browser.cookies(api.url))?.[1] ?? '';
    expect(refused(await browser.visit(at(back))).hasSession).toBe(true);
    browser.setCookie(api.url, 'costguard_oidc', kept);
    expect(refused(await browser.visit(at(back)))).toEqual(FAILED);
  });

  test('a way back after ten minutes', async () => {
    const browser = createCookieBrowser();
    const back = await comeBack(browser, 'target');
    api.clock.now = new Date(Date.now() + 601_000);
    expect(refused(await browser.visit(at(back))).code).toBe('oidc_expired');
  });

  test.each(['', 'made-up', 'v1.AAAA', `v1.${'A'.repeat(200)}`])(
    'a cookie %j that this API did not seal',
    async (value) => {
      const browser = createCookieBrowser();
      const back = await comeBack(browser, 'target');
      browser.setCookie(api.url, 'costguard_oidc', value);
      const before = idp.tokenRequests();
      expect(refused(await browser.visit(at(back))).code).toBe('oidc_expired');
      expect(idp.tokenRequests()).toBe(before);
    },
  );

  test('an error of the provider', async () => {
    const browser = createCookieBrowser();
    const back = new URL(await comeBack(browser, 'target'));
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    back.searchParams.set('error_description', 'planted <script>');
    const reply = await browser.visit(at(back.href));
    expect(refused(reply)).toEqual(FAILED);
    expect(reply.location).not.toContain('planted');
  });

  const claimsOf = (idToken: string) => decodeJwt(idToken);
  test.each<[string, (idToken: string) => Promise<string> | string]>([
    ['of another nonce', (t) => idp.sign({ ...claimsOf(t), nonce: 'x'.repeat(43) })],
    [
      'without a nonce',
      (t) => {
        const claims = claimsOf(t);
        delete claims['nonce'];
        return idp.sign(claims);
      },
    ],
    ['of another issuer', (t) => idp.sign({ ...claimsOf(t), iss: 'https://evil.example' })],
    ['for another client', (t) => idp.sign({ ...claimsOf(t), aud: 'somebody-else' })],
    ['that has run out', (t) => idp.sign({ ...claimsOf(t), exp: 1_700_000_000 })],
    [
      'with a changed subject and the old signature',
      (t) => {
        const [header, , signature] = t.split('.');
        const claims = { ...claimsOf(t), sub: 'somebody-else' };
        const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
        return `${header ?? ''}.${body}.${signature ?? ''}`;
      },
    ],
    [
      'signed by another key',
      async (t) => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claimsOf(t))
          .setProtectedHeader({ alg: 'RS256', kid: 'test-key' })
          .sign(privateKey);
      },
    ],
    ['without a signature', (t) => new UnsecuredJWT(claimsOf(t)).encode()],
    [
      'signed with the client’s secret',
      (t) =>
        new SignJWT(claimsOf(t))
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(idp.clientSecret)),
    ],
    ['that is none', () => 'planted-token'],
  ])('an ID token %s', async (_name, tamper) => {
    idp.tamper = tamper;
    const { reply, browser } = await signIn('target');
    expect(refused(reply)).toEqual(FAILED);
    expect((await me(browser)).status).toBe(401);
    expect(api.logLines.join('')).not.toContain('planted-token');
  });

  test('each of them is a row of the audit log, and no token stands in it', async () => {
    idp.tamper = () => 'planted-token';
    await signIn('target');
    const row = await api.services.db
      .selectFrom('audit_log')
      .selectAll()
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      operation: 'session.refuse',
      detail: { signIn: 'oidc', reason: 'oidc_failed' },
    });
    expect(JSON.stringify(row)).not.toContain('planted-token');
  });
});

describe('the way back', () => {
  test.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/api/v1/auth/oidc/start',
  ])('never leads to %s', async (address) => {
    idp.accounts.set('walker', { preferred_username: 'walker', groups: ['readers'] });
    const query = `?return_to=${encodeURIComponent(address)}`;
    expect((await signIn('walker', undefined, query)).reply.location).toBe(`${UI}/`);
  });
});

describe('settings', () => {
  test('where no provider is set up there is no button and no way in', async () => {
    const own = await startTestApi();
    const options = await own.call('GET', '/api/v1/auth/options');
    expect(options.body).toEqual({ oidcLabel: null, oidcOnly: false });
    for (const path of ['start', 'callback?code=x&state=x'])
      expect((await own.call('GET', `/api/v1/auth/oidc/${path}`)).status).toBe(404);
    await own.close();
  });

  test('with OIDC_ONLY no password is taken but that of admin', async () => {
    const own = await startTestApi({ env: { ...settings(), OIDC_ONLY: 'true' } });
    await own.addUser('admin', 'admin');
    await own.addUser('admin', 'other-admin');
    const login = (username: string) =>
      own.call('POST', '/api/v1/auth/login', { body: { username, password: TEST_PASSWORD } });
    expect((await login('other-admin')).refusal()).toMatchObject({ code: 'sign_in_failed' });
    expect((await login('admin')).status).toBe(200);
    const options = await own.call('GET', '/api/v1/auth/options');
    expect(options.body).toEqual({ oidcLabel: 'Sign in with single sign-on', oidcOnly: true });
    await own.close();
  });

  test('a provider that is away is said to be, and found again when it is back', async () => {
    const away = await startTestApi({ env: { ...settings(), OIDC_ISSUER: 'http://127.0.0.1:1' } });
    const reply = await createCookieBrowser().visit(`${away.url}/api/v1/auth/oidc/start`);
    expect(refused(reply)).toEqual({ status: 303, code: 'oidc_unavailable', hasSession: false });
    await away.close();
  });

  test('a provider that says it is another one is refused', async () => {
    const liar = createServer((_req, res) => {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ issuer: 'https://evil.example', authorization_endpoint: 'x' }));
    });
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
    const OIDC_ISSUER = `http://127.0.0.1:${String((liar.address() as AddressInfo).port)}`;
    const own = await startTestApi({ env: { ...settings(), OIDC_ISSUER } });
    const reply = await createCookieBrowser().visit(`${own.url}/api/v1/auth/oidc/start`);
    expect(refused(reply)).toEqual(FAILED);
    await own.close();
    liar.closeAllConnections();
    await new Promise((resolve) => liar.close(resolve));
  });
});

describe('the guard of what the provider’s description names', () => {
  const ask = (url: string, addresses: string[], privateHosts: string[] = []) =>
    createGuardedFetch({
      lookup: () =>
        Promise.resolve(
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        ),
      privateHosts: new Set(privateHosts),
      timeoutMs: 2_000,
    })(url, { method: 'GET', headers: {}, body: undefined, redirect: 'manual' } as never);

  test.each([
    ['plain http', 'http://login.example/token', ['93.184.216.34']],
    ['a private address', 'https://login.example/token', ['10.0.0.1']],
    ['the address of cloud metadata', 'https://login.example/token', ['169.254.169.254']],
    ['loopback', 'https://127.0.0.1/token', ['127.0.0.1']],
    ['loopback of IPv6', 'https://[::1]/token', ['::1']],
    [
      'one private address among others',
      'https://login.example/',
      ['93.184.216.34', '192.168.1.1'],
    ],
    ['a name that means nothing', 'https://login.example/', []],
    ['another scheme', 'file:///etc/passwd', ['93.184.216.34']],
  ])('refuses %s', async (_name, url, addresses) => {
    await expect(ask(url, addresses)).rejects.toMatchObject({ code: 'oidc_unavailable' });
  });

  test('lets the operator’s own hosts through, and follows no redirect of theirs', async () => {
    const server = createServer((_req, res) => {
      res.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    expect((await ask(url, ['127.0.0.1'], ['127.0.0.1'])).status).toBe(302);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('reads a megabyte and no more', async () => {
    const server = createServer((_req, res) => res.end('x'.repeat(1_000_001)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    await expect(ask(url, ['127.0.0.1'], ['127.0.0.1'])).rejects.toMatchObject({
      code: 'oidc_unavailable',
      internal: { reason: 'the answer is too long' },
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

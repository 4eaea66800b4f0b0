import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Me } from '../core/contracts/identity.ts';
import { callApi, type CallOptions } from '../tests/api/callApi.ts';
import { TEST_PASSWORD } from '../tests/api/createTestIdentities.ts';
import { addConnection } from '../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../tests/api/startTestApi.ts';
import { createDashboard, type Dashboard } from './dashboard/createDashboard.ts';
import { uiFolder } from './dashboard/uiFolder.ts';

let api: TestApi;
let folder: string;
let url: string;
let server: Server;

async function serve(
  apiUrl: string,
): Promise<{ url: string; server: Server; dashboard: Dashboard }> {
  const created = createDashboard({
    apiUrl,
    uiFolder: path.join(folder, 'ui', 'dist'),
    log: pino({ level: 'silent' }),
  });
  const listening = createServer(created.app);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server: listening, dashboard: created };
}

const stop = (running: Server) => {
  running.closeAllConnections();
  return new Promise((resolve) => running.close(resolve));
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dashboard-'));
  const dist = path.join(folder, 'ui', 'dist');
  await mkdir(path.join(dist, 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{}');
  await writeFile(path.join(dist, 'index.html'), '<!doctype html><title>CostGuard AI</title>');
  await writeFile(path.join(dist, 'favicon.svg'), '<svg/>');
  await writeFile(path.join(dist, 'assets', 'index-BnX1.js'), 'export {}');
  for (const [name, content] of [
    ['', 'export const plain = 1'],
    ['.br', brotliCompressSync('export const small = 1')],
    ['.gz', gzipSync('export const zipped = 1')],
  ] as const)
    await writeFile(path.join(dist, 'assets', `page-Cx2.js${name}`), content);
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  api = await startTestApi();
  ({ url, server } = await serve(api.url));
  return async () => {
    await stop(server);
    await rm(folder, { recursive: true });
  };
});
afterAll(() => api.close());

const call = (method: string, at: string, options?: CallOptions) =>
  callApi(url, method, at, options);
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the page', () => {
  test.each([
    '/',
    '/anomalies',
    '/actions/0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
    '/apiary',
    '/docsify?x=1',
  ])('is answered to a browser at %s and asked for anew each time', async (at) => {
    const reply = await call('GET', at, { headers: HTML });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('<title>CostGuard AI</title>');
    expect(reply.headers.get('content-type')).toMatch(/^text\/html/);
    expect(reply.headers.get('cache-control')).toBe('no-cache');
  });

  test('hashed assets are kept for ever, other files are asked for anew', async () => {
    const asset = await call('GET', '/assets/index-BnX1.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toMatch(/javascript/);
    const icon = await call('GET', '/favicon.svg');
    expect(icon.headers.get('cache-control')).toBe('no-cache');
    expect(icon.headers.get('etag')).not.toBeNull();
  });

  test.each([
    ['gzip, deflate, br, zstd', 'br', 'small'],
    ['gzip, br;q=0', 'gzip', 'zipped'],
    ['identity', null, 'plain'],
  ])(
    'an asset is sent as the build compressed it, to who takes %s',
    async (accepted, sent, what) => {
      const reply = await call('GET', '/assets/page-Cx2.js', {
        headers: { 'accept-encoding': accepted },
      });
      expect(reply.headers.get('content-encoding')).toBe(sent);
      expect(reply.text).toBe(`export const ${what} = 1`);
      expect(reply.headers.get('content-type')).toMatch(/javascript/);
      expect(reply.headers.get('vary')).toContain('Accept-Encoding');
      expect(reply.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    },
  );

  test.each([
    ['GET', '/assets/missing-A1b2.js', HTML],
    ['GET', '/missing.css', HTML],
    ['GET', '/anomalies', { accept: 'application/json' }],
    ['POST', '/anomalies', HTML],
    ['GET', '/..%2f..%2fsecret.txt', HTML],
    ['GET', '/assets/..%2f..%2f..%2fsecret.txt', HTML],
  ])('is not answered to %s %s', async (method, at, headers) => {
    const reply = await call(method, at, { headers });
    expect(reply.refusal()).toMatchObject({ status: 404, code: 'not_found' });
    expect(reply.text).not.toContain('<title>');
  });

  test('runs nothing inline and nothing from elsewhere, and cannot be framed', async () => {
    const { headers } = await call('GET', '/', { headers: HTML });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("img-src 'self' data:");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|upgrade-insecure-requests|https:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('says that it lives', async () => {
    expect((await call('GET', '/healthz')).body).toEqual({ status: 'ok' });
  });
});

describe('the API behind it', () => {
  test('answers under the same origin, with its own headers', async () => {
    const reply = await call('GET', '/openapi.json');
    expect(reply.body).toMatchObject({ openapi: '3.1.0' });
    expect((await call('GET', '/.well-known/jwks.json')).status).toBe(200);
    expect((await call('POST', '/oauth/token', { body: {} })).body).toMatchObject({
      error: 'invalid_request',
    });
    const docs = await call('GET', '/docs/', { headers: HTML });
    expect(docs.text).toContain('swagger-ui');
    // Swagger UI needs inline styles, which the dashboard's own pages may not have.
    expect(docs.headers.get('content-security-policy')).toContain("'unsafe-inline'");
  });

  test('keeps the request id, whoever made it', async () => {
    const given = await call('GET', '/api/v1/anomalies', { headers: { 'x-request-id': 'mine' } });
    expect(given.problem().requestId).toBe('mine');
    expect(given.headers.get('x-request-id')).toBe('mine');
    const made = await call('GET', '/api/v1/anomalies', {
      headers: { 'x-request-id': 'not mine' },
    });
    expect(made.problem().requestId).toBe(made.headers.get('x-request-id'));
  });

  test('lets a browser sign in, write from the address it asked for, and sign out', async () => {
    await api.addUser('viewer', 'proxied');
    const login = await call('POST', '/api/v1/auth/login', {
      body: { username: 'proxied', password: TEST_PASSWORD },
      headers: { origin: url },
    });
    const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const as = { cookie, 'x-csrf-token': login.read(Me).csrfToken ?? '' };
    const logout = (origin: string) =>
      call('POST', '/api/v1/auth/logout', { as, headers: { origin } });
    expect((await logout('https://evil.example')).refusal()).toMatchObject({ code: 'csrf_failed' });
    expect((await logout(url)).status).toBe(204);
  });

  test('learns the address of the caller', async () => {
    await api.addUser('viewer', 'remote');
    const guess = (address: string) =>
      call('POST', '/api/v1/auth/login', {
        body: { username: 'remote', password: 'wrong' },
        headers: { 'x-forwarded-for': address },
      });
    for (let i = 0; i < 8; i += 1) await guess('203.0.113.7');
    expect((await guess('203.0.113.7')).status).toBe(429);
    expect((await guess('203.0.113.8')).status).toBe(401);
  });

  test('gets bodies as they were sent, of any size up to its own limit', async () => {
    const admin = await api.signIn('admin');
    const body = { provider: 'aws', name: 'ünïcode 東京' };
    const reply = await call('POST', '/api/v1/connections', { as: admin.as, body });
    expect(reply.body).toMatchObject(body);
    const large = await call('POST', '/api/v1/connections', {
      as: admin.as,
      rawBody: JSON.stringify({ name: 'x'.repeat(1_000_001) }),
    });
    expect(large.refusal()).toMatchObject({ status: 413 });
  });
});

describe('events', () => {
  /** Opens the stream and collects what arrives. */
  async function open(at = url) {
    const user = await api.signIn('viewer');
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${at}/api/v1/events`, { headers: user.as }, resolve).on('error', reject).end();
    });
    const seen = { text: '', isClosed: false };
    response.on('data', (chunk: Buffer) => (seen.text += chunk.toString()));
    response.on('close', () => (seen.isClosed = true));
    response.on('error', () => undefined);
    return { response, seen };
  }

  const listeners = async () => {
    const { text } = await api.call('GET', '/healthz');
    expect(text).toContain('ok');
    return api.openStreams();
  };

  test('arrive as they happen, and the stream at the API ends with that of the browser', async () => {
    api.services.changes.start();
    const { response, seen } = await open();
    expect(response.headers['content-type']).toMatch(/^text\/event-stream/);
    await expect.poll(() => seen.text, { timeout: 10_000 }).toContain('retry: 2000');
    const id = await addConnection(api.services.db);
    await expect.poll(() => seen.text, { timeout: 5_000 }).toContain(`"id":"${id}"`);
    expect(await listeners()).toBe(1);
    response.destroy();
    await expect.poll(listeners, { timeout: 5_000 }).toBe(0);
  });

  test('end when the dashboard stops', async () => {
    const own = await serve(api.url);
    const { seen } = await open(own.url);
    await expect.poll(() => seen.text, { timeout: 10_000 }).toContain('retry');
    own.dashboard.endStreams();
    await expect.poll(() => seen.isClosed, { timeout: 10_000 }).toBe(true);
    await stop(own.server);
  });

  test('end when the API dies in the middle', async () => {
    const dying = createServer((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      res.write('retry: 2000\n\n');
    });
    await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve));
    const own = await serve(`http://127.0.0.1:${(dying.address() as AddressInfo).port}`);
    const { seen } = await open(own.url);
    await expect.poll(() => seen.text, { timeout: 10_000 }).toContain('retry');
    dying.closeAllConnections();
    await expect.poll(() => seen.isClosed, { timeout: 10_000 }).toBe(true);
    await stop(own.server);
    await stop(dying);
  });
});

describe('while the API is away', () => {
  test('its addresses answer a problem of 503, and the page is still there', async () => {
    const own = await serve('http://127.0.0.1:1');
    const reply = await callApi(own.url, 'GET', '/api/v1/anomalies');
    expect(reply.refusal()).toMatchObject({ status: 503, code: 'api_unavailable' });
    expect(reply.headers.get('retry-after')).toBe('5');
    expect(reply.problem().requestId).toBe(reply.headers.get('x-request-id'));
    expect(reply.text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1/);
    const post = await callApi(own.url, 'POST', '/api/v1/auth/login', { body: { a: 1 } });
    expect(post.refusal()).toMatchObject({ status: 503, code: 'api_unavailable' });
    expect((await callApi(own.url, 'GET', '/', { headers: HTML })).status).toBe(200);
    await stop(own.server);
  });
});

describe('the folder of the built dashboard', () => {
  test.each(['api', 'dist/api'])('is found from %s', async (from) => {
    const start = path.join(folder, ...from.split('/'));
    await mkdir(start, { recursive: true });
    expect(uiFolder(start)).toBe(path.join(folder, 'ui', 'dist'));
  });

  test('that was not built is an error that says what to do', async () => {
    const empty = await mkdtemp(path.join(tmpdir(), 'dashboard-'));
    await writeFile(path.join(empty, 'package.json'), '{}');
    expect(() => uiFolder(empty)).toThrow('npm run build');
    await rm(empty, { recursive: true });
  });
});

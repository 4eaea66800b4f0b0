import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import { TEST_CODEC } from '../../tests/servers/testPayloads.ts';
import { createPayloadReader } from './createPayloadReader.ts';

const PATH = '/api/v1/codec/decode';
const TEMPORAL_UI = 'https://temporal.example';

let api: TestApi;
let admin: TestUser;
/** What a browser sends from a page of the Temporal Web UI: the cookie, and no CSRF token. */
let fromPage: Record<string, string>;

beforeAll(async () => {
  api = await startTestApi({ env: { TEMPORAL_UI_URL: `${TEMPORAL_UI}/ui` } });
  admin = await api.signIn('admin');
  fromPage = { cookie: admin.as['cookie'] ?? '', origin: TEMPORAL_UI, 'x-namespace': 'costguard' };
});
afterAll(() => api.close());

const base64 = (bytes: Uint8Array | null | undefined) =>
  Buffer.from(bytes ?? []).toString('base64');

async function encrypted(value: unknown) {
  const [payload] = await TEST_CODEC.encode([defaultPayloadConverter.toPayload(value)]);
  const metadata = Object.entries(payload?.metadata ?? {}).map(([k, v]) => [k, base64(v)] as const);
  return { metadata: Object.fromEntries(metadata), data: base64(payload?.data) };
}
const decode = (as: Record<string, string>, payloads: unknown[]) =>
  api.call('POST', PATH, { as, body: { payloads } });
const text = (data: string) => Buffer.from(data, 'base64').toString();
const plain = {
  metadata: { encoding: base64(Buffer.from('json/plain')) },
  data: base64(Buffer.from('1')),
};

test('an admin at the Temporal Web UI reads what is encrypted, and what never was', async () => {
  const reply = await decode(fromPage, [await encrypted({ actionId: 'a1' }), plain]);
  expect(reply.status).toBe(200);
  const { payloads } = reply.body as {
    payloads: { data: string; metadata: Record<string, string> }[];
  };
  expect(payloads.map(({ data }) => text(data))).toEqual(['{"actionId":"a1"}', '1']);
  expect(text(payloads[0]?.metadata['encoding'] ?? '')).toBe('json/plain');
  expect(reply.headers.get('access-control-allow-origin')).toBe(TEMPORAL_UI);
  expect(reply.headers.get('access-control-allow-credentials')).toBe('true');
  expect(reply.headers.get('vary')).toContain('Origin');
  expect(reply.headers.get('cache-control')).toBe('no-store');
});

describe('nobody else does', () => {
  test('without a sign-in', async () => {
    const reply = await decode({ origin: TEMPORAL_UI }, [await encrypted(1)]);
    expect(reply.refusal()).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  test.each(['viewer', 'operator', 'approver'] as const)('as %s', async (role) => {
    const { as } = await api.signIn(role);
    const reply = await decode({ cookie: as['cookie'] ?? '', origin: TEMPORAL_UI }, []);
    expect(reply.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
  });

  test.each([
    ['https://evil.example'],
    ['null'],
    ['http://temporal.example'],
    ['https://temporal.example.evil.example'],
    ['https://temporal.example:8443'],
    [undefined],
  ])('from a page of %s', async (origin) => {
    const reply = await decode(
      { cookie: admin.as['cookie'] ?? '', ...(origin !== undefined && { origin }) },
      [await encrypted(1)],
    );
    expect(reply.refusal()).toMatchObject({ status: 403, code: 'csrf_failed' });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('and the Origin of the Temporal Web UI opens no other write', async () => {
    const body = { name: 'x', amount: '1', currency: 'USD' };
    const reply = await api.call('POST', '/api/v1/budgets', { as: fromPage, body });
    expect(reply.refusal()).toMatchObject({ status: 403, code: 'csrf_failed' });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('a browser that asks beforehand is told of the one origin, the one method, and nothing else', async () => {
  const ask = async (origin: string, path = PATH) => {
    const { status, headers } = await api.call('OPTIONS', path, { as: { origin } });
    return [
      status,
      ...['origin', 'methods', 'headers', 'credentials'].map((of) =>
        headers.get(`access-control-allow-${of}`),
      ),
    ];
  };
  const may = [204, TEMPORAL_UI, 'POST', 'content-type, x-namespace', 'true'];
  expect(await ask(TEMPORAL_UI)).toEqual(may);
  expect(await ask('https://evil.example')).toEqual([204, null, null, null, null]);
  expect((await ask(TEMPORAL_UI, '/api/v1/budgets'))[0]).toBe(405);
});

test('what was changed, or needs another key, is refused with the reason', async () => {
  const good = await encrypted({ secret: 'word' });
  const bytes = Buffer.from(good.data, 'base64');
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  const changed = await decode(fromPage, [{ ...good, data: base64(bytes) }]);
  expect(changed.refusal()).toMatchObject({ status: 422, code: 'payload_unreadable' });
  expect(changed.problem().detail).toMatch(/changed since/);
  const metadata = { ...good.metadata, 'encryption-key-id': base64(Buffer.from('other')) };
  const unknown = await decode(fromPage, [{ ...good, metadata }]);
  expect(unknown.problem().detail).toMatch(/the key other, which this process does not have/);
});

test('reading is noted once for each sitting, and nothing that was read is kept', async () => {
  const { db } = api.services;
  const entries = () =>
    db
      .selectFrom('audit_log')
      .select(['actor_name', 'detail'])
      .where('operation', '=', 'workflow.read')
      .execute();
  const before = (await entries()).length;
  const { as } = await api.signIn('admin');
  const again = { cookie: as['cookie'] ?? '', origin: TEMPORAL_UI };
  const word = await encrypted('a word that is in no other place');
  for (let i = 0; i < 3; i += 1) await decode(again, [word]);
  const after = await entries();
  expect(after.length - before).toBe(1);
  expect(api.logLines.join('')).not.toContain('a word that is in no other place');
  const key = { ...again, 'idempotency-key': 'repeated' };
  await decode(key, [word]);
  const kept = await db.selectFrom('idempotency_keys').selectAll().execute();
  expect(kept).toEqual([]);
});

test('a sitting is over after a quarter of an hour', () => {
  const reader = createPayloadReader(TEST_CODEC);
  const who = { id: 'p', session: { id: 's' } } as Parameters<typeof reader.isNewReading>[0];
  const at = (minute: number) => new Date(minute * 60_000);
  expect([0, 1, 14.9, 15, 16, 31].map((m) => reader.isNewReading(who, at(m)))).toEqual([
    true,
    false,
    false,
    true,
    false,
    true,
  ]);
});

import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../createApp.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TEST_PASSWORD } from '../../tests/api/createTestIdentities.ts';
import { callApi } from '../../tests/api/callApi.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import { createSignInLimits } from '../../db/rateLimits/createSignInLimits.ts';

const HERE = '203.0.113.1';
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  await sql`truncate rate_limits`.execute(api.services.db);
});
afterAll(() => api.close());

const login = (
  username: string,
  password = TEST_PASSWORD,
  address = HERE,
  cookie?: string,
  url = api.url,
) =>
  callApi(url, 'POST', '/api/v1/auth/login', {
    body: { username, password },
    // The test connects from loopback, which may say for whom it asks.
    headers: { 'x-forwarded-for': address, ...(cookie === undefined ? {} : { cookie }) },
  });
const guess = (username: string, address?: string, cookie?: string) =>
  login(username, 'wrong password', address, cookie);

/** As if so many seconds had passed for the limits. */
const pass = (seconds: number) =>
  sql`update rate_limits set expire = expire - ${seconds * 1000}`.execute(api.services.db);

/** Guesses and waits out each pause, until the name is locked for this address. */
async function lock(username: string, address = HERE, cookie?: string): Promise<void> {
  for (let i = 0; i < 8; i += 1) {
    expect((await guess(username, address, cookie)).status).toBe(401);
    await endPauses();
  }
}
const endPauses = () =>
  sql`delete from rate_limits where key like 'sign-in-pause:%'`.execute(api.services.db);

const operations = async (from: number) => {
  const rows = await api.services.db
    .selectFrom('audit_log')
    .select('operation')
    .where('seq', '>', String(from))
    .orderBy('seq')
    .execute();
  return rows.map((row) => row.operation);
};
const lastSeq = async () => {
  const { seq } = await api.services.db
    .selectFrom('audit_log')
    .select((eb) => eb.fn.coalesce(eb.fn.max('seq'), sql<string>`0`).as('seq'))
    .executeTakeFirstOrThrow();
  return Number(seq);
};

describe('slowing down', () => {
  test('the fourth failure costs a pause of a second, each one after it twice as long', async () => {
    await api.addUser('viewer', 'slow');
    for (let i = 0; i < 3; i += 1) {
      expect((await guess('slow')).status).toBe(401);
    }
    for (const seconds of [1, 2, 4, 8]) {
      expect((await guess('slow')).status).toBe(401);
      const paused = await login('slow');
      expect(paused.refusal()).toMatchObject({ status: 429, code: 'too_many_requests' });
      expect(Number(paused.headers.get('retry-after'))).toBeLessThanOrEqual(seconds);
      const [{ expire } = { expire: 0 }] = (
        await sql<{
          expire: string;
        }>`select expire from rate_limits where key like 'sign-in-pause:%'`.execute(api.services.db)
      ).rows;
      expect(Number(expire) - Date.now()).toBeGreaterThan((seconds - 1) * 1000);
      await endPauses();
    }
    // What came during a pause is no try: this is the eighth, and it is right.
    expect((await login('slow')).status).toBe(200);
  });

  test('after eight failures there is a lock of five minutes, and the reply says how long', async () => {
    await api.addUser('viewer', 'victim');
    await lock('victim');
    const blocked = await guess('victim');
    expect(blocked.refusal()).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(blocked.headers.get('retry-after')).toBe('300');
    expect(blocked.problem().detail).toContain('Wait 5 minutes');
    // Even with the right password, so that the answer tells nothing; whatever the case of the name.
    expect((await login('victim')).status).toBe(429);
    expect((await login('VICTIM')).status).toBe(429);
    await pass(299);
    expect((await login('victim')).status).toBe(429);
    await pass(2);
    expect((await login('victim')).status).toBe(200);
  });

  test('a name that does not exist is paused and locked alike', async () => {
    await lock('nobody-of-this-name');
    const blocked = await guess('nobody-of-this-name');
    expect(blocked.headers.get('retry-after')).toBe('300');
    await api.addUser('viewer', 'somebody');
    await lock('somebody');
    expect({ ...(await guess('somebody')).problem(), requestId: '' }).toEqual({
      ...blocked.problem(),
      requestId: '',
    });
  });

  test('a right password forgets the failures before it', async () => {
    await api.addUser('viewer', 'clumsy');
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 3; i += 1) await guess('clumsy');
      expect((await login('clumsy')).status).toBe(200);
    }
  });

  test('many at once are counted like one after another', async () => {
    await api.addUser('viewer', 'rushed');
    const replies = await Promise.all(Array.from({ length: 24 }, () => guess('rushed')));
    expect(replies.filter((reply) => reply.status === 401)).toHaveLength(8);
    expect(replies.filter((reply) => reply.status === 429)).toHaveLength(16);
  });

  test('another replica counts on', async () => {
    await api.addUser('viewer', 'replicated');
    const services = { ...api.services, signInLimits: createSignInLimits(api.services.pool) };
    const other = createServer(createApp(services));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((other.address() as AddressInfo).port)}`;
    await lock('replicated');
    expect((await login('replicated', TEST_PASSWORD, HERE, undefined, url)).status).toBe(429);
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('nobody can lock out somebody else for long', () => {
  test('other addresses and other names have tries of their own', async () => {
    await api.addUser('viewer', 'target');
    await api.addUser('viewer', 'neighbour');
    await lock('target');
    expect((await login('target', TEST_PASSWORD, '203.0.113.2')).status).toBe(200);
    expect((await login('neighbour')).status).toBe(200);
  });

  test('a browser that signed this person in before has too, and only that person', async () => {
    await api.addUser('viewer', 'regular');
    await api.addUser('viewer', 'colleague');
    const cookie = deviceOf(await login('regular'));
    await lock('regular');
    await lock('colleague');
    expect((await login('regular')).status).toBe(429);
    expect((await login('regular', TEST_PASSWORD, HERE, cookie)).status).toBe(200);
    expect((await login('colleague', TEST_PASSWORD, HERE, cookie)).status).toBe(429);
    expect((await login('regular', TEST_PASSWORD, HERE, 'costguard_device=made-up')).status).toBe(
      429,
    );
  });

  test('but a known browser has no more tries than others', async () => {
    await api.addUser('viewer', 'lent');
    const cookie = deviceOf(await login('lent'));
    await lock('lent', HERE, cookie);
    expect((await login('lent', TEST_PASSWORD, '203.0.113.7', cookie)).status).toBe(429);
    expect((await login('lent')).status).toBe(200);
  });

  test('a browser is forgotten after half a year, and when the password is reset', async () => {
    const { id } = await api.addUser('viewer', 'away');
    const admin = await api.signIn('admin');
    const known = () =>
      api.services.db.selectFrom('known_devices').select('id').where('user_id', '=', id).execute();
    const cookie = deviceOf(await login('away'));
    await lock('away');
    api.clock.now = new Date(Date.now() + 181 * 86_400_000);
    expect((await login('away', TEST_PASSWORD, HERE, cookie)).status).toBe(429);
    api.clock.now = null;
    expect(await known()).toHaveLength(1);
    await api.call('POST', `/api/v1/users/${id}/password`, { as: admin.as });
    expect(await known()).toEqual([]);
  });

  test('a person has ten known browsers at most', async () => {
    const { id } = await api.addUser('viewer', 'many-browsers');
    for (let i = 0; i < 12; i += 1) expect((await login('many-browsers')).status).toBe(200);
    const rows = await api.services.db
      .selectFrom('known_devices')
      .select('id')
      .where('user_id', '=', id)
      .execute();
    expect(rows).toHaveLength(10);
  });
});

describe('one address', () => {
  test('that tries one password on many names is stopped, others go on', async () => {
    await api.addUser('viewer', 'sprayed');
    const before = await lastSeq();
    const replies = await Promise.all(
      Array.from({ length: 70 }, (_, i) => guess(`spray-${String(i)}`)),
    );
    expect(replies.filter((reply) => reply.status === 401)).toHaveLength(60);
    expect((await login('sprayed')).status).toBe(429);
    expect((await login('sprayed', TEST_PASSWORD, '203.0.113.9')).status).toBe(200);
    const written = await operations(before);
    expect(written.filter((operation) => operation === 'session.lock')).toHaveLength(1);
    await pass(301);
    expect((await login('sprayed')).status).toBe(200);
  });

  test('that is made up beyond the proxy does not count', async () => {
    await api.addUser('viewer', 'spoofed');
    for (let i = 0; i < 8; i += 1) {
      await guess('spoofed', `192.0.2.${String(i)}, ${HERE}`);
      await endPauses();
    }
    expect((await guess('spoofed', `192.0.2.99, ${HERE}`)).status).toBe(429);
  });

  test('that somebody names who is no trusted proxy does not count', async () => {
    const own = await startTestApi({ env: { TRUSTED_PROXIES: '192.0.2.1' } });
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        login('nobody', 'wrong password', `203.0.113.${String(i)}`, undefined, own.url),
      ),
    );
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(2);
    await own.close();
  });

  test('of IPv6 is a whole network of 64 bits', async () => {
    await api.addUser('viewer', 'many-addresses');
    for (let i = 0; i < 8; i += 1) {
      await guess('many-addresses', `2001:db8:1:2::${String(i)}`);
      await endPauses();
    }
    expect((await guess('many-addresses', '2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await guess('many-addresses', '2001:db8:1:3::1')).status).toBe(401);
  });

  test('of people who sign in rightly is never stopped', async () => {
    await api.addUser('viewer', 'office');
    for (let i = 0; i < 65; i += 1) expect((await login('office')).status).toBe(200);
  });
});

test('a thousand tries get eight guesses, leave nine rows in the audit log, and lock nobody else out', async () => {
  await api.addUser('viewer', 'stormed');
  const cookie = deviceOf(await login('stormed', TEST_PASSWORD, '203.0.113.50'));
  const before = await lastSeq();
  const statuses = new Map<number, number>();
  for (let round = 0; round < 20; round += 1) {
    const replies = await Promise.all(Array.from({ length: 50 }, () => guess('stormed')));
    for (const { status } of replies) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    await endPauses();
  }
  expect([...statuses].sort()).toEqual([
    [401, 8],
    [429, 992],
  ]);
  expect((await operations(before)).sort()).toEqual([
    'session.lock',
    ...Array.from({ length: 8 }, () => 'session.refuse'),
  ]);
  expect((await login('stormed', TEST_PASSWORD, '203.0.113.51')).status).toBe(200);
  expect((await login('stormed', TEST_PASSWORD, HERE, cookie)).status).toBe(200);
});

function deviceOf(reply: { headers: Headers }): string {
  const line = reply.headers.getSetCookie().find((one) => one.startsWith('costguard_device='));
  return line?.split(';')[0] ?? '';
}

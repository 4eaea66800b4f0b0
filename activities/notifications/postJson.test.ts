import type { LookupAddress } from 'node:dns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CostGuardError } from '../../core/errors.ts';
import { type Receiver, startReceiver } from '../../tests/notifications/receiver.ts';
import { testCertificate } from '../../tests/notifications/testCertificate.ts';
import { type HttpSender, postJson } from './postJson.ts';

let tls: { key: string; cert: string };
let receiver: Receiver;
let secured: Receiver;

beforeAll(async () => {
  tls = await testCertificate('hooks.test');
  receiver = await startReceiver();
  secured = await startReceiver(tls);
});
afterAll(async () => {
  await receiver.close();
  await secured.close();
});

const LOOPBACK: LookupAddress = { address: '127.0.0.1', family: 4 };

function sender(addresses: LookupAddress[], given: Partial<HttpSender> = {}) {
  const asked: string[] = [];
  return {
    asked,
    lookup: (host: string) => {
      asked.push(host);
      return Promise.resolve(addresses);
    },
    privateHosts: new Set(['hooks.test', 'other.test']),
    timeoutMs: 1_000,
    now: () => new Date(),
    ca: tls.cert,
    ...given,
  };
}
const never = new AbortController().signal;
const codeOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.catch((cause: unknown) => cause);
  if (error instanceof CostGuardError) return error.code;
  throw error;
};

describe('the address that was checked', () => {
  test('is the one that is connected to, and the name is asked for once', async () => {
    const from = sender([LOOPBACK]);
    const url = `https://hooks.test:${secured.port}/x`;
    expect(await postJson(from, { url, body: '{}' }, never)).toBe(200);
    expect(from.asked).toEqual(['hooks.test']);
    expect(secured.requests[0]?.headers.host).toBe(`hooks.test:${secured.port}`);
  });

  test.each<[string, LookupAddress[]]>([
    ['private', [LOOPBACK]],
    ['public and private', [{ address: '93.184.216.34', family: 4 }, LOOPBACK]],
    ['cloud metadata', [{ address: '169.254.169.254', family: 4 }]],
    ['private behind IPv6', [{ address: '::ffff:127.0.0.1', family: 6 }]],
    ['none', []],
  ])('that is %s is refused where the host is not allowed', async (_what, addresses) => {
    const before = receiver.requests.length;
    const from = sender(addresses, { privateHosts: new Set() });
    const url = `http://hooks.test:${receiver.port}/x`;
    expect(await codeOf(postJson(from, { url, body: '{}' }, never))).toBe(
      'notification_address_refused',
    );
    expect(receiver.requests).toHaveLength(before);
  });
});

test('a certificate of another name, or of nobody trusted, needs a person', async () => {
  const url = `https://other.test:${secured.port}/x`;
  expect(await codeOf(postJson(sender([LOOPBACK]), { url, body: '{}' }, never))).toBe(
    'notification_refused',
  );
  const untrusting = sender([LOOPBACK], { ca: (await testCertificate('hooks.test')).cert });
  const same = `https://hooks.test:${secured.port}/x`;
  expect(await codeOf(postJson(untrusting, { url: same, body: '{}' }, never))).toBe(
    'notification_refused',
  );
});

test('a name that means nothing may mean something later', async () => {
  const from = sender([], { lookup: () => Promise.reject(new Error('ENOTFOUND')) });
  expect(await codeOf(postJson(from, { url: 'https://gone.test/x', body: '{}' }, never))).toBe(
    'notification_undelivered',
  );
});

test('a cancellation ends the request at once and stays a cancellation', async () => {
  const ending = new AbortController();
  receiver.next('hang');
  const url = `http://hooks.test:${receiver.port}/x`;
  const from = sender([LOOPBACK], { timeoutMs: 60_000 });
  const sending = postJson(from, { url, body: '{}' }, ending.signal);
  const before = receiver.requests.length;
  await expect.poll(() => receiver.requests.length).toBeGreaterThan(before);
  ending.abort();
  await expect(sending).rejects.toHaveProperty('name', 'AbortError');
});

import { get } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { charge } from '../../tests/api/charge.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import { ASSUMED_COLUMN } from '../../db/queries/costs/export/focusSelect.ts';

let api: TestApi;
let viewer: TestUser;
let aws: string;

beforeAll(async () => {
  api = await startTestApi();
  viewer = await api.signIn('viewer');
  aws = await addConnection(api.services.db, { name: 'production' });
  await replaceCosts(api.services.pool, {
    connectionId: aws,
    provider: 'aws',
    from: '2026-11-01',
    to: '2026-12-01',
    rows: Array.from({ length: 40_000 }, (_, i) =>
      charge('2026-11-03', '0.10', { resourceId: `i-${i}`, resourceName: 'x'.repeat(200) }),
    ),
    seenAt: new Date('2026-11-20T07:00:00Z'),
  });
});
afterAll(() => api.close());

const ask = (query: string) =>
  api.call('GET', `/api/v1/usage/focus?from=2026-11-01&to=2026-12-01${query}`, { as: viewer.as });

test('a period is saved as a FOCUS 1.2 file of CSV', async () => {
  const { status, headers, text } = await ask('');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/csv');
  expect(headers.get('content-disposition')).toBe(
    'attachment; filename="focus-2026-11-01-2026-12-01.csv"',
  );
  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(40_001);
  expect(lines[0]).toMatch(new RegExp(`^AvailabilityZone,.*,Tags,${ASSUMED_COLUMN}$`));
  expect(lines[1]).toContain(',0.10,');
});

test('or of Parquet', async () => {
  const { status, headers, text } = await ask('&format=parquet');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/vnd.apache.parquet');
  expect(text.slice(0, 4) + text.slice(-4)).toBe('PAR1PAR1');
});

test.each(['&provider=gcp', '&connectionId=00000000-0000-4000-8000-000000000000'])(
  'what is not asked for is not in it: %s',
  async (filter) => {
    expect((await ask(filter)).text.trim().split('\n')).toHaveLength(1);
  },
);

test.each([
  ['&format=xlsx', ['format']],
  ['&provider=ibm', ['provider']],
  ['&connectionId=1', ['connectionId']],
])('%s is refused by name', async (query, pointers) => {
  expect((await ask(query)).refusal()).toEqual({ status: 400, code: 'invalid_request', pointers });
});

test('readers that go away early or stop reading leave no connection busy, and more than three at once wait', async () => {
  const open = () =>
    new Promise<{ status: number | undefined; close: () => void }>((resolve, reject) => {
      const url = `${api.url}/api/v1/usage/focus?from=2026-11-01&to=2026-12-01`;
      const request = get(url, { headers: viewer.as }, (response) => {
        response.pause();
        resolve({ status: response.statusCode, close: () => request.destroy() });
      });
      request.on('error', reject);
    });
  const readers = await Promise.all([open(), open(), open()]);
  expect(readers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const refused = await ask('');
  expect(refused.refusal()).toMatchObject({ status: 429, code: 'too_many_requests' });
  expect(refused.headers.get('retry-after')).toBe('30');
  expect(refused.headers.get('content-disposition')).toBeNull();
  for (const reader of readers) reader.close();
  await expect.poll(async () => (await ask('&provider=gcp')).status).toBe(200);
  await expect.poll(() => api.services.pool.idleCount === api.services.pool.totalCount).toBe(true);
});

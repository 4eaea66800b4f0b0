import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { addConnection, anomalyReport } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let operator: TestUser;
let stopReading: AbortController;

beforeEach(async () => {
  api = await startTestApi();
  operator = await api.signIn('operator');
  stopReading = new AbortController();
  api.services.changes.start();
  await expect.poll(isListening, { timeout: 5_000 }).toBe(true);
});
afterEach(async () => {
  stopReading.abort();
  await api.close();
});

const LISTENER = 'costguard-api-listen';
const isListening = async () => {
  const rows = await asAdmin(
    `select 1 from pg_stat_activity where application_name = '${LISTENER}' and query like 'listen %'`,
  );
  return rows > 0;
};

async function asAdmin(sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: api.databaseUrl });
  await client.connect();
  try {
    return (await client.query(`${sql} and datname = current_database()`)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

/** Opens the stream; `events` grows as they arrive. */
async function open(as = operator.as) {
  const response = await fetch(`${api.url}/api/v1/events`, {
    headers: as,
    signal: stopReading.signal,
  });
  const seen = { events: [] as string[], text: '', hasEnded: false };
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      seen.text += decoder.decode(chunk as Uint8Array, { stream: true });
      seen.events = seen.text.split('\n\n').filter((event) => event.startsWith('event: '));
    }
    seen.hasEnded = true;
  };
  read().catch(() => undefined);
  await expect.poll(() => seen.text, { timeout: 10_000 }).toContain('retry: 2000\n\n');
  return { response, seen };
}

test('a change arrives as one event that says what to load again', async () => {
  const { response, seen } = await open();
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const id = await addConnection(api.services.db);
  await expect
    .poll(() => seen.events, { timeout: 10_000 })
    .toContain(`event: change\ndata: {"entity":"connection","id":"${id}"}`);
  const reply = await api.call('POST', '/api/v1/anomalies', {
    as: operator.as,
    body: anomalyReport(id),
  });
  const anomaly = reply.body as { id: string };
  await expect
    .poll(() => seen.events, { timeout: 10_000 })
    .toContain(`event: change\ndata: {"entity":"anomaly","id":"${anomaly.id}"}`);
});

test('a change that is rolled back is not told', async () => {
  const { seen } = await open();
  const refused = await api.services.db
    .transaction()
    .execute(async (tx) => {
      await addConnection(tx, { name: 'rolled back' });
      throw new Error('no');
    })
    .catch(() => 'rolled back');
  expect(refused).toBe('rolled back');
  const id = await addConnection(api.services.db);
  await expect.poll(() => seen.events.length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(seen.events).toEqual([`event: change\ndata: {"entity":"connection","id":"${id}"}`]);
});

test('a notification of another form is not passed on', async () => {
  const { seen } = await open();
  const notify = async (payload: string) => {
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    await client.query('select pg_notify($1, $2)', ['costguard_change', payload]);
    await client.end();
  };
  for (const payload of ['', '{', '{"entity":"user","id":"1"}', '{"entity":"action"}'])
    await notify(payload);
  await notify('{"entity":"costs","id":"x","more":"\\n\\nevent: forged"}');
  await expect
    .poll(() => seen.events, { timeout: 10_000 })
    .toEqual(['event: change\ndata: {"entity":"costs","id":"x"}']);
});

test('every listener hears every change; one that leaves is forgotten', async () => {
  const streams = await Promise.all([open(), open(), open()]);
  expect(api.openStreams()).toBe(3);
  const id = await addConnection(api.services.db);
  for (const { seen } of streams)
    await expect.poll(() => seen.text, { timeout: 10_000 }).toContain(id);
  stopReading.abort();
  await expect.poll(() => api.openStreams(), { timeout: 10_000 }).toBe(0);
});

describe('after the listening connection was cut', () => {
  test.each([
    [
      'by the server',
      () =>
        asAdmin(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${LISTENER}'`,
        ),
    ],
    [
      'by the network',
      () => {
        api.wire.cut();
        return Promise.resolve(1);
      },
    ],
  ])('%s, a gap is told, and changes arrive again', async (_name, cut) => {
    const { seen } = await open();
    expect(await cut()).toBe(1);
    await addConnection(api.services.db).catch(() => undefined);
    await expect.poll(() => seen.events, { timeout: 10_000 }).toContain('event: gap\ndata: {}');
    const id = await addConnection(api.services.db);
    await expect.poll(() => seen.text, { timeout: 10_000 }).toContain(id);
  });

  test('while Postgres is away it is tried again until it is back', async () => {
    const { seen } = await open();
    api.wire.setOpen(false);
    api.wire.cut();
    await expect
      .poll(() => api.logLines.filter((line) => line.includes('connecting again')).length, {
        timeout: 10_000,
      })
      .toBeGreaterThan(1);
    api.wire.setOpen(true);
    await expect.poll(() => seen.events, { timeout: 10_000 }).toContain('event: gap\ndata: {}');
  });
});

test('the stream ends when the process stops, and no connection stays', async () => {
  const { seen } = await open();
  await api.services.changes.stop();
  await expect.poll(() => seen.hasEnded, { timeout: 10_000 }).toBe(true);
  await expect.poll(isListening, { timeout: 10_000 }).toBe(false);
});

test('a feed stopped while it connects leaves no connection', async () => {
  await api.services.changes.stop();
  const { createChangeFeed } = await import('./changeFeed.ts');
  const feed = createChangeFeed(api.databaseUrl, api.services.log);
  feed.start();
  await feed.stop();
  await expect
    .poll(() => asAdmin(`select 1 from pg_stat_activity where application_name = '${LISTENER}'`), {
      timeout: 10_000,
    })
    .toBe(0);
});

test('asking for the headers only opens no stream', async () => {
  const reply = await fetch(`${api.url}/api/v1/events`, { method: 'HEAD', headers: operator.as });
  expect(reply.status).toBe(200);
  await expect.poll(() => api.openStreams(), { timeout: 10_000 }).toBe(0);
});

test('who is not signed in gets a problem, not a stream', async () => {
  expect((await api.call('GET', '/api/v1/events')).refusal()).toMatchObject({ status: 401 });
});

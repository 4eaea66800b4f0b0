import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeSourceContract } from '../../../core/mcp/describeSource.ts';
import { serverCommand } from '../serverProcess.ts';
import { freshConnection, startGcpServer, type GcpServer } from './gcpServer.ts';
import type { CostArgs } from '../toolCaller.ts';
import { googleError, type Answer, type GoogleCall } from './loopback.ts';
import { PLANTED_TEXT } from './gcpWorld.ts';

const INSERT = 'bigquery.jobs.insert';
const RESULTS = 'bigquery.jobs.getQueryResults';
const TABLE = 'bigquery.tables.get';
const WAIT = { timeout: 90_000 };

let gcp: GcpServer;
const replies: unknown[] = [];

beforeAll(async () => {
  gcp = await startGcpServer();
  const { call } = gcp.client;
  gcp.client.call = async (...args) => {
    const reply = await call(...args);
    replies.push(reply);
    return reply;
  };
  return () => gcp.close();
});

beforeEach(() => {
  gcp.world.proxy.clear();
  gcp.world.stub.clear();
  return () => {
    expect([...gcp.world.proxy.mistakes, ...gcp.world.stub.mistakes]).toEqual([]);
  };
});

const ask = (args: Partial<CostArgs> = {}): CostArgs => ({
  period: gcp.world.period,
  connectionIds: [freshConnection()],
  ...args,
});

/** A page of results with one row, changed. */
const results = (change: (json: ResultsBody, call: GoogleCall, index: number) => unknown) => {
  // The emulator does not know the page tokens of these tests.
  let first: { json: ResultsBody } | undefined;
  gcp.world.proxy.answer(RESULTS, async (call, index, pass) => {
    first ??= (await pass()) as { json: ResultsBody };
    return { json: change(structuredClone(first.json), call, index) };
  });
};
interface ResultsBody extends Record<string, unknown> {
  schema: { fields: { name: string }[] };
  rows: { f: { v: string | null }[] }[];
}

/** Replaces the value of a column in the first row. */
const withCell = (column: string, value: string | null) => (json: ResultsBody) => {
  const index = json.schema.fields.findIndex(({ name }) => name === column);
  const cell = json.rows[0]?.f[index];
  if (cell) cell.v = value;
  return json;
};

describe('an error of Google', () => {
  test.each<[string, string, Answer, object]>([
    [
      '403 on the job',
      INSERT,
      googleError(403, 'accessDenied', PLANTED_TEXT),
      { code: 'PERMISSION_MISSING', permission: 'bigquery.jobs.create' },
    ],
    [
      '403 on the table',
      TABLE,
      googleError(403, 'accessDenied', PLANTED_TEXT),
      { code: 'PERMISSION_MISSING', permission: 'bigquery.tables.get' },
    ],
    [
      '403 on the results',
      RESULTS,
      googleError(403, 'accessDenied', PLANTED_TEXT),
      { code: 'PERMISSION_MISSING', permission: 'bigquery.tables.getData' },
    ],
    [
      '401',
      INSERT,
      googleError(401, 'authError', PLANTED_TEXT),
      { code: 'AUTH_EXPIRED', retryable: false },
    ],
    [
      '404',
      TABLE,
      googleError(404, 'notFound', PLANTED_TEXT),
      { code: 'NOT_FOUND', retryable: false },
    ],
    [
      'an API that is off',
      INSERT,
      googleError(403, 'accessNotConfigured', PLANTED_TEXT),
      { code: 'UNSUPPORTED' },
    ],
    [
      '429 with Retry-After',
      INSERT,
      googleError(429, 'rateLimitExceeded', PLANTED_TEXT, { 'retry-after': '7' }),
      { code: 'THROTTLED', retryable: true, retryAfterMs: 7000 },
    ],
    [
      '403 that means too many',
      INSERT,
      googleError(403, 'rateLimitExceeded', PLANTED_TEXT),
      { code: 'THROTTLED', retryable: true, retryAfterMs: 10_000 },
    ],
    [
      'a used-up quota',
      RESULTS,
      googleError(403, 'quotaExceeded', PLANTED_TEXT),
      { code: 'THROTTLED' },
    ],
    [
      '503',
      INSERT,
      googleError(503, 'backendError', PLANTED_TEXT),
      { code: 'UPSTREAM_FAILED', retryable: true },
    ],
    [
      '500 as a page of HTML',
      INSERT,
      { status: 500, html: `<html>${PLANTED_TEXT}</html>` },
      { code: 'UPSTREAM_FAILED', retryable: true },
    ],
    [
      '400',
      INSERT,
      googleError(400, 'invalidQuery', PLANTED_TEXT),
      { code: 'UPSTREAM_FAILED', retryable: false },
    ],
    [
      'HTML with 200',
      INSERT,
      { html: `<html>${PLANTED_TEXT}</html>` },
      { code: 'UPSTREAM_FAILED', retryable: false },
    ],
    ['a cut connection', TABLE, { cut: true }, { code: 'UPSTREAM_FAILED', retryable: true }],
    [
      'a limit of bytes that BigQuery itself ends',
      INSERT,
      googleError(400, 'bytesBilledLimitExceeded', PLANTED_TEXT),
      { code: 'RESULT_TOO_LARGE' },
    ],
  ])('(%s) becomes a refusal that says what to do', async (_name, method, answer, expected) => {
    gcp.world.proxy.answer(method, () => answer);
    const connectionId = freshConnection();
    const refusal = await gcp.refusal('query_costs', ask({ connectionIds: [connectionId] }));
    expect(refusal).toMatchObject(expected);
    expect(refusal.text.length).toBeGreaterThan(50);
    // What can pass by itself is not remembered, so the same call works once Google does.
    gcp.world.proxy.answer(method, () => undefined);
    if (refusal.retryable) await gcp.costs(ask({ connectionIds: [connectionId] }));
  });

  test('inside a job that BigQuery reports with 200 is one as well', async () => {
    gcp.world.proxy.answer(INSERT, async (_call, _index, pass) => {
      const answer = (await pass()) as { json: Record<string, unknown> };
      return {
        json: {
          ...answer.json,
          status: { state: 'DONE', errorResult: { reason: 'accessDenied' } },
        },
      };
    });
    expect(await gcp.refusal('query_costs', ask())).toMatchObject({
      code: 'PERMISSION_MISSING',
      permission: 'bigquery.tables.getData',
    });
  });

  test('names the missing permission in describe_source as well', async () => {
    const connectionId = freshConnection();
    gcp.world.break('forbidden');
    await gcp.refusal('query_costs', ask({ connectionIds: [connectionId] }));
    const { connections } = await gcp.call(describeSourceContract, {});
    expect(connections.find((c) => c.connectionId === connectionId)).toMatchObject({
      health: 'failed',
      missingPermissions: ['bigquery.tables.get'],
    });
  });
});

describe('bytes', () => {
  test('beyond the limit are refused after the dry run, with both figures', async () => {
    gcp.world.proxy.setBytes(10_737_418_241);
    const refusal = await gcp.refusal('query_costs', ask());
    expect(refusal).toMatchObject({ code: 'RESULT_TOO_LARGE', retryable: false });
    expect(refusal.text).toContain('10737418241');
    expect(refusal.text).toContain('10737418240');
    expect(refusal.text).toContain('GCP_BYTES_PER_QUERY');
    expect(gcp.world.proxy.queries()).toEqual([]);
    expect(gcp.world.proxy.jobs()).toHaveLength(1);
  });
});

describe('a start whose reply was lost', () => {
  test('is tried again under the same id, and a job that is there already is taken', async () => {
    let cut = 0;
    gcp.world.proxy.answer(INSERT, async (call, _index, pass) => {
      const { configuration } = call.body as { configuration: { dryRun?: boolean } };
      if (configuration.dryRun === true) return pass();
      if (cut > 0) return googleError(409, 'duplicate', PLANTED_TEXT);
      cut += 1;
      // BigQuery has the job, but nobody hears of it.
      await pass();
      return { cut: true };
    });
    const result = await gcp.costs(ask());
    expect(result.Total.length).toBeGreaterThan(0);
    const [first, second, ...more] = gcp.world.proxy.queries();
    expect(more).toEqual([]);
    expect(second?.jobId).toBe(first?.jobId);
    expect(result.cost.upstreamCalls).toBe(5);
  });
});

describe('an answer that does not hold', () => {
  test.each<[string, (json: ResultsBody) => unknown]>([
    ['a missing amount', withCell('billed', null)],
    ['a charge without an amount among others', withCell('missing', '1')],
    ['an amount that is no number', withCell('billed', 'NaN')],
    ['a missing currency', withCell('currency_code', null)],
    ['a currency that is none', withCell('currency_code', 'dollars')],
    ['a day that was not asked for', withCell('span', '2020-01-01T00:00:00Z')],
    ['a day to come', withCell('span', '2199-01-01T00:00:00Z')],
    ['a missing day', withCell('span', null)],
    ['fewer rows than it says', (json) => ({ ...json, rows: json.rows.slice(1) })],
    [
      'a row without a column',
      (json) => ({ ...json, rows: json.rows.map(({ f }) => ({ f: f.slice(1) })) }),
    ],
    ['no word on whether it is done', (json) => ({ ...json, jobComplete: undefined })],
    ['no rows where it says some', (json) => ({ ...json, rows: undefined })],
  ])('(%s) is refused and never cached', async (_name, change) => {
    const args = ask();
    results(change);
    expect(await gcp.refusal('query_costs', args)).toMatchObject({
      code: 'UPSTREAM_FAILED',
      retryable: false,
    });
    gcp.world.proxy.answer(RESULTS, () => undefined);
    expect((await gcp.costs(args)).rows.length).toBeGreaterThan(0);
  });

  test('(pages that never end) is refused', async () => {
    results((json) => ({ ...json, totalRows: '150000', pageToken: 'again' }));
    expect(await gcp.refusal('query_costs', ask())).toMatchObject({
      code: 'UPSTREAM_FAILED',
      retryable: false,
    });
    let page = 0;
    results((json) => ({ ...json, totalRows: '150000', pageToken: `p${(page += 1)}` }));
    expect(await gcp.refusal('query_costs', ask())).toMatchObject({ code: 'RESULT_TOO_LARGE' });
  });

  test('(more rows than can be held) is refused at its first page', async () => {
    results((json) => ({ ...json, totalRows: '200001', pageToken: 'p2' }));
    expect(await gcp.refusal('query_costs', ask())).toMatchObject({ code: 'RESULT_TOO_LARGE' });
    expect(gcp.world.proxy.calls.filter(({ method }) => method === RESULTS)).toHaveLength(1);
  });

  test('(a table that is no export) is refused with the columns that it lacks', async () => {
    gcp.world.proxy.answer(TABLE, () => ({ json: { schema: { fields: [{ name: 'cost' }] } } }));
    const refusal = await gcp.refusal('query_costs', ask());
    expect(refusal.code).toBe('UNSUPPORTED');
    expect(refusal.text).toContain('usage_start_time');
  });
});

test('pages are read one after the other and put together', async () => {
  results((json, call, index) => {
    // First there is nothing yet, then half of it.
    if (index === 0) return { ...json, jobComplete: false, rows: [] };
    const second = call.query.get('pageToken') === 'p2';
    const rows = second ? json.rows.slice(2) : json.rows.slice(0, 2);
    return { ...json, rows, ...(second ? {} : { pageToken: 'p2' }) };
  });
  const result = await gcp.costs(ask({ groupBy: ['ServiceName', 'SubAccountId'] }));
  const totals = result.Total.map((sum) => [sum.BillingCurrency, sum.BilledCost]);
  expect(Object.fromEntries(totals)).toEqual(gcp.world.totals);
});

describe('a caller who gives up', () => {
  test.each([
    ['the look at the table', TABLE, 0],
    ['the dry run', INSERT, 0],
    ['the results', RESULTS, 1],
  ])('ends %s, and the job if there is one', async (_name, method, jobs) => {
    gcp.world.proxy.answer(method, () => ({ hang: true }));
    const controller = new AbortController();
    const given = gcp.world.proxy.nextAbandoned();
    const call = gcp.client.call('query_costs', ask(), { signal: controller.signal });
    await expect
      .poll(() => gcp.world.proxy.calls.some((c) => c.method === method), WAIT)
      .toBe(true);
    controller.abort();
    await expect(call).rejects.toThrow();
    await given;
    const cancels = () =>
      gcp.world.proxy.calls.filter((c) => c.method === 'bigquery.jobs.cancel').length;
    await expect.poll(cancels, WAIT).toBe(jobs);
  });

  test('ends requests of the Cloud Billing API and the Recommender', async () => {
    for (const [tool, method] of [
      ['list_accounts', 'cloudbilling.billingAccounts.list'],
      ['list_recommendations', 'recommender.projects.locations.recommenders.recommendations.list'],
    ] as const) {
      gcp.world.stub.answer(method, () => ({ hang: true }));
      const controller = new AbortController();
      const given = gcp.world.stub.nextAbandoned();
      const call = gcp.client.call(
        tool,
        { connectionId: freshConnection() },
        { signal: controller.signal },
      );
      await expect
        .poll(() => gcp.world.stub.calls.some((c) => c.method === method), WAIT)
        .toBe(true);
      controller.abort();
      await expect(call).rejects.toThrow();
      await given;
    }
  });
});

describe('credentials', () => {
  // A token is kept until it ends, so each of these needs a server of its own.
  test.each<[string, Answer, object]>([
    [
      'that have expired',
      { status: 400, json: { error: 'invalid_grant', error_description: PLANTED_TEXT } },
      { error: 'AUTH_EXPIRED' },
    ],
    ['whose issuer is away', { cut: true }, { error: 'UPSTREAM_FAILED' }],
  ])('%s are told apart', async (_name, answer, expected) => {
    const other = await startGcpServer();
    try {
      other.world.stub.answer('token', () => answer);
      const { structuredContent } = await other.client.call('list_accounts', {});
      if (structuredContent) expect(structuredContent['sources']).toMatchObject([expected]);
      else expect((await other.refusal('list_accounts', {})).code).toBe('AUTH_EXPIRED');
      expect(other.world.stub.calls).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe('the budget', () => {
  test('of a day counts every request and then gives what is cached, or says when it starts anew', async () => {
    const small = await startGcpServer('detailed', { GCP_QUERIES_PER_DAY: '4' });
    try {
      const args = { period: small.world.period };
      expect((await small.costs(args)).cost).toMatchObject({ upstreamCalls: 4, budgetLeft: 0 });
      const stale = await small.costs({ ...args, maxAgeSeconds: 0 });
      expect(stale.sources).toMatchObject([{ status: 'stale' }]);
      expect(await small.refusal('query_costs', { ...args, granularity: 'TOTAL' })).toMatchObject({
        code: 'BUDGET_EXHAUSTED',
        retryAfterMs: expect.any(Number) as number,
      });
      expect(small.world.proxy.calls).toHaveLength(4);
    } finally {
      await small.close();
    }
  });
});

test('over stdio nothing but protocol is written', async () => {
  const { command, args, ...options } = serverCommand('gcp-billing', gcp.world.env, '--stdio');
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const say = (message: object) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const lines: { jsonrpc?: string; id?: number; result?: { isError?: boolean } }[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const called = new Promise<void>((resolve, reject) => {
    child.once('exit', () => {
      reject(new Error(errors));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(JSON.parse(line) as (typeof lines)[number]);
      if (lines.at(-1)?.id === 3) resolve();
    });
  });
  const clientInfo = { name: 'test', version: '1' };
  say({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
  });
  say({ method: 'notifications/initialized' });
  say({ id: 2, method: 'tools/call', params: { name: 'list_accounts', arguments: {} } });
  const { period } = gcp.world;
  await expect.poll(() => lines.some(({ id }) => id === 2), WAIT).toBe(true);
  say({ id: 3, method: 'tools/call', params: { name: 'query_costs', arguments: { period } } });
  await called;
  child.removeAllListeners('exit');
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(lines.map(({ jsonrpc }) => jsonrpc)).toEqual(['2.0', '2.0', '2.0']);
  expect(lines.map(({ result }) => result?.isError ?? false)).toEqual([false, false, false]);
  for (const secret of gcp.world.secrets) {
    expect(errors + JSON.stringify(lines)).not.toContain(secret);
  }
});

test('planted secrets and Google’s words are nowhere', async () => {
  for (const how of ['throttled', 'expired', 'forbidden', 'broken', 'cut'] as const) {
    gcp.world.break(how);
    expect((await gcp.client.call('query_costs', ask())).isError).toBe(true);
  }
  gcp.world.heal();
  await gcp.client.call('list_accounts', { connectionId: freshConnection() });
  expect(gcp.world.stub.tokens()).toBeGreaterThan(0);
  const everything = JSON.stringify(replies) + gcp.server.output();
  expect(everything).toContain('PERMISSION_MISSING');
  for (const secret of gcp.world.secrets) expect(everything).not.toContain(secret);
});

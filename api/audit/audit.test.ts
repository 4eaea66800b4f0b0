import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuditVerifier } from '../../core/audit/createAuditVerifier.ts';
import {
  AuditHead,
  AuditPage,
  type AuditRecord,
  AuditVerification,
} from '../../core/contracts/audit.ts';
import { connect } from '../../db/connect.ts';
import { appendAuditBatch, type AuditEntry } from '../../db/queries/audit/appendAudit.ts';
import { readAuditHead } from '../../db/queries/audit/readAuditHead.ts';
import { warnOfAuditGaps } from '../system/warnOfAuditGaps.ts';
import { logAuditHead } from './keepAuditHead.ts';
import type { TestService, TestUser } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let approver: TestUser;
let viewer: TestUser;
let server: TestService;

const entry = (given: Partial<AuditEntry>): AuditEntry => ({
  actorKind: 'user',
  actorId: 'u-1',
  actorName: 'Ada',
  operation: 'budget.change',
  subject: 'budget:1',
  detail: { before: { amount: '1' }, after: { amount: '2' } },
  ...given,
});
const append = (entries: AuditEntry[]) =>
  api.services.db.transaction().execute((tx) => appendAuditBatch(tx, entries));

beforeAll(async () => {
  api = await startTestApi();
  [approver, viewer] = [await api.signIn('approver'), await api.signIn('viewer')];
  server = await api.addService(['audit:write']);
  await append([
    entry({}),
    entry({ actorId: 'u-2', actorName: 'Grace', operation: 'budget.create', subject: 'budget:2' }),
    entry({ operation: 'budgetary.change', subject: 'budgetary:1' }),
    entry({ actorKind: 'system', actorId: null, actorName: 'Ünï 🚀', subject: null }),
  ]);
  await append(
    Array.from({ length: 2_500 }, (_, n) =>
      entry({ operation: 'many.add', subject: 'many:1', detail: { n } }),
    ),
  );
});
afterAll(() => api.close());

const list = async (query = '') => {
  const reply = await api.call('GET', `/api/v1/audit${query}`, { as: approver.as });
  return reply.read(AuditPage);
};

describe('the list', () => {
  test('is newest first, page by page, each entry once', async () => {
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await list(
        `?operation=many&limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...page.items.map(({ seq }) => seq));
      cursor = page.next_cursor;
    }
    expect(seen).toHaveLength(2_500);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
  });

  test.each([
    ['actor=Grace', 1],
    ['actor=u-2', 1],
    ['actor=%C3%9Cn%C3%AF%20%F0%9F%9A%80', 1],
    ['operation=budget', 3],
    ['operation=budget.create', 1],
    ['operation=budget_', 0],
    ['operation=%25', 0],
    ['subject=budget:2', 1],
    ['subject=budget', 2],
    ['from=2100-01-01T00:00:00Z', 0],
    ['to=2000-01-01T00:00:00Z', 0],
    [`actor=%27%20or%201%3D1--`, 0],
  ])('filters by %s', async (query, count) => {
    expect((await list(`?${query}`)).items).toHaveLength(count);
  });

  test('from is included and to is not', async () => {
    const [{ at } = { at: '' }] = (await list('?operation=budget.create')).items;
    expect((await list(`?operation=budget.create&from=${at}`)).items).toHaveLength(1);
    expect((await list(`?operation=budget.create&to=${at}`)).items).toHaveLength(0);
  });

  test.each([
    ['from=yesterday', 'from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'to'],
    ['cursor=abc', 'cursor'],
    ['cursor=%255B%2522-1%2522%255D', 'cursor'],
    ['actor=', 'actor'],
    ['subject=a%00b', 'subject'],
  ])('%s is refused by name', async (query, pointer) => {
    const reply = await api.call('GET', `/api/v1/audit?${query}`, { as: approver.as });
    expect(reply.refusal()).toMatchObject({ status: 400, pointers: [pointer] });
  });

  test('is not for viewers', async () => {
    for (const path of ['', '/export', '/head', '/verification']) {
      const reply = await api.call('GET', `/api/v1/audit${path}`, { as: viewer.as });
      expect(reply.refusal().status, path).toBe(403);
    }
  });
});

describe('the export', () => {
  const save = (query = '') => api.call('GET', `/api/v1/audit/export${query}`, { as: approver.as });

  test('is the whole chain, which verifies up to the head', async () => {
    const reply = await api.call('GET', '/api/v1/audit/head', { as: approver.as });
    const head = reply.read(AuditHead);
    const { headers, text } = await save();
    expect(headers.get('content-type')).toContain('application/x-ndjson');
    expect(headers.get('content-disposition')).toContain('audit.jsonl');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(head.seq);
    const verifier = createAuditVerifier({ heads: [head.hash] });
    for (const line of lines) verifier.line(line);
    expect(verifier.end()).toEqual({ entries: head.seq, head: head.hash, findings: [] });
    expect(head.gaps).toEqual([]);
  });

  test('holds only what the filter lets through', async () => {
    const { text } = await save('?operation=budget');
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as AuditRecord).operation).sort()).toEqual([
      'budget.change',
      'budget.change',
      'budget.create',
    ]);
    expect((await save('?operation=nothing')).text).toBe('');
  });
});

test('the stored chain is verified, and what an administrator of the database changed is named', async () => {
  const ask = async () => {
    const reply = await api.call('GET', '/api/v1/audit/verification', { as: approver.as });
    return reply.read(AuditVerification);
  };
  expect(await ask()).toMatchObject({ isIntact: true, findings: [] });
  const [last] = (await list('?operation=many&limit=1')).items;
  const change = (n: string) =>
    asAdmin(
      `alter table audit_log disable trigger all;
       update audit_log set detail = '{"n": ${n}}' where seq = ${last?.seq};
       alter table audit_log enable trigger all`,
    );
  await change('-1');
  expect(await ask()).toMatchObject({
    isIntact: false,
    findings: [{ kind: 'changed', seq: last?.seq }],
  });
  await change('2499');
  expect(await ask()).toMatchObject({ isIntact: true });
});

async function asAdmin(statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: api.adminDatabaseUrl });
  await client.connect();
  await client.query(statements).finally(() => client.end());
}

describe('reports of cloud calls', () => {
  const connectionId = randomUUID();
  const call = {
    at: '2026-11-20T07:00:00.000Z',
    tool: 'query_costs',
    operation: 'GetCostAndUsage',
    connectionId,
    caller: 'detective',
    status: 'ok',
    count: 3,
  };
  const report = (body: unknown, as = server.as) =>
    api.call('POST', '/api/v1/audit/cloud-calls', { as, body });

  test('become one entry each, by the service that sent them', async () => {
    const other = { ...call, connectionId: null, status: 'THROTTLED', count: 1 };
    expect((await report({ server: 'aws-cost', calls: [call, other], lost: 2 })).status).toBe(204);
    const { items } = await list('?operation=cloud');
    expect(
      items.map(({ operation, subject, actorKind }) => [operation, subject, actorKind]),
    ).toEqual([
      ['cloud.calls_lost', null, 'service'],
      ['cloud.call', null, 'service'],
      ['cloud.call', `connection:${connectionId}`, 'service'],
    ]);
    expect(items[2]?.detail).toEqual({ server: 'aws-cost', ...call, connectionId: undefined });
    expect(items[0]?.detail).toEqual({ server: 'aws-cost', lost: 2 });
  });

  test.each([
    [{ server: 'aws-cost', calls: [] }, '/calls'],
    [{ server: 'aws-cost', calls: [{ ...call, count: 0 }] }, '/calls/0/count'],
    [{ server: 'aws-cost', calls: [{ ...call, at: 'now' }] }, '/calls/0/at'],
    [{ server: 'aws-cost', calls: [{ ...call, secret: 'x' }] }, '/calls/0/secret'],
    [{ server: 'aws-cost', calls: [{ ...call, connectionId: 'x' }] }, '/calls/0/connectionId'],
    [{ server: 'a\u0000', calls: [call] }, '/server'],
    [{ server: 'aws-cost', calls: Array.from({ length: 501 }, () => call) }, '/calls'],
  ])('%#: what is not valid is refused by name', async (body, pointer) => {
    expect((await report(body)).refusal()).toMatchObject({ status: 400, pointers: [pointer] });
  });

  test('are for services with the scope only', async () => {
    const admin = await api.signIn('admin');
    for (const as of [admin.as, (await api.addService(['costs:read'])).as])
      expect((await report({ server: 's', calls: [call] }, as)).refusal().status).toBe(403);
  });
});

describe('the start of the API', () => {
  const lines = () => api.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);

  test('logs the head', async () => {
    await logAuditHead(api.services.db, api.services.log);
    const { seq, hash } = await readAuditHead(api.services.db);
    expect(lines().at(-1)).toMatchObject({ msg: 'audit log head', auditHead: { seq, hash } });
  });

  test('says nothing of the login where it is protected from it, and what it could do where it is not', async () => {
    const before = api.logLines.length;
    await warnOfAuditGaps(api.services.db, api.services.log);
    expect(api.logLines).toHaveLength(before);
    const admin = connect(api.adminDatabaseUrl, { applicationName: 'audit-gaps' });
    await warnOfAuditGaps(admin.db, api.services.log).finally(admin.close);
    const said = lines().at(-1);
    expect(said?.['msg']).toContain('MIGRATION_DATABASE_URL');
    expect(said).toMatchObject({ level: 40, gaps: ['it has an administrator’s rights'] });
  });

  test('goes on while the database is away', async () => {
    const away = connect('postgres://nobody:x@127.0.0.1:1/none', { applicationName: 'away' });
    await logAuditHead(away.db, api.services.log);
    await warnOfAuditGaps(away.db, api.services.log).finally(away.close);
    expect(lines().slice(-2)).toMatchObject([{ level: 40 }, { level: 40 }]);
  });
});

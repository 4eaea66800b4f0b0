import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Team, TeamPage } from '../../core/contracts/team.ts';
import { CostSeriesReply, UsageSummary } from '../../core/contracts/usage.ts';
import { Me } from '../../core/contracts/identity.ts';
import { addDays } from '../../core/time/day.ts';
import { charge } from '../../tests/api/charge.ts';
import type { TestService, TestUser } from '../../tests/api/createTestIdentities.ts';
import { actionProposal, addConnection, PLAN_HASH } from '../../tests/api/samples.ts';
import { DAY, type Part, startTeamWorld, type TeamWorld } from '../../tests/api/teamWorld.ts';
import { VIEWER_TABLES } from '../../db/roles/grantViewer.ts';
import { ROUTES } from '../routes.ts';

let world: TeamWorld;
let viewer: TestUser;
let approver: TestUser;
let everyone: TestUser;
let service: TestService;
let team: Team;

const READING = [
  'costs:read',
  'anomalies:read',
  'actions:read',
  'connections:read',
  'budgets:read',
] as const;

beforeAll(async () => {
  world = await startTeamWorld();
  const { api, a, b } = world;
  viewer = await api.signIn('viewer');
  approver = await api.signIn('approver');
  everyone = await api.signIn('approver');
  service = await api.addService([
    ...READING,
    'users:read',
    'policies:read',
    'notifications:read',
    'audit:read',
  ]);
  const members = [
    { kind: 'user' as const, id: viewer.id },
    { kind: 'user' as const, id: approver.id },
    { kind: 'service' as const, id: service.id },
  ];
  const whole = ({ connectionId, llmConnectionId }: Part) => [
    { connectionId },
    { connectionId: llmConnectionId },
  ];
  team = await world.addTeam(members, whole(a));
  const other = await api.signIn('viewer');
  await world.addTeam([{ kind: 'user', id: other.id }], whole(b));
});
afterAll(() => world.close());

const get = (path: string, as: Record<string, string> = viewer.as) =>
  world.api.call('GET', path, { as });
const instance = (n: number) => `i-${String(n).padStart(17, '0')}`;
const days = `from=${DAY}&to=${addDays(DAY, 1)}`;
const hours = `from=${DAY}T00:00:00Z&to=${addDays(DAY, 1)}T00:00:00Z`;

/** How each GET route is asked so that it tells of rows; `sees` says that the team's own must be in the answer. */
interface Read {
  ask: (part: Part) => string;
  sees?: boolean;
  closed?: boolean;
}
const READS: Record<string, Read> = {
  '/api/v1/usage/costs': {
    ask: () => `/api/v1/usage/costs?${days}&group_by=service&granularity=day&forecast=true`,
    sees: true,
  },
  '/api/v1/usage/summary': { ask: () => `/api/v1/usage/summary?${days}`, sees: true },
  '/api/v1/usage/costs.csv': { ask: () => `/api/v1/usage/costs.csv?${days}`, sees: true },
  '/api/v1/usage/annotations': { ask: () => `/api/v1/usage/annotations?${days}`, sees: true },
  '/api/v1/usage/tag-keys': { ask: () => `/api/v1/usage/tag-keys?${days}` },
  '/api/v1/usage/llm': {
    ask: () => `/api/v1/usage/llm?${hours}&group_by=model&granularity=hour`,
    sees: true,
  },
  '/api/v1/usage/focus': { ask: () => `/api/v1/usage/focus?${days}&format=csv`, sees: true },
  '/api/v1/usage/llm/prices': { ask: () => '/api/v1/usage/llm/prices' },
  '/api/v1/usage/llm/unpriced': { ask: () => `/api/v1/usage/llm/unpriced?from=${DAY}`, sees: true },
  '/api/v1/anomalies': { ask: () => '/api/v1/anomalies', sees: true },
  '/api/v1/anomalies/{id}': {
    ask: ({ anomalyId }) => `/api/v1/anomalies/${anomalyId}`,
    sees: true,
  },
  '/api/v1/anomalies/{id}/series': {
    ask: ({ anomalyId }) => `/api/v1/anomalies/${anomalyId}/series`,
  },
  '/api/v1/anomalies/{id}/feedback': {
    ask: ({ anomalyId }) => `/api/v1/anomalies/${anomalyId}/feedback`,
  },
  '/api/v1/anomaly-costs': { ask: () => '/api/v1/anomaly-costs' },
  '/api/v1/actions': { ask: () => '/api/v1/actions', sees: true },
  '/api/v1/actions/{id}': { ask: ({ actionId }) => `/api/v1/actions/${actionId}`, sees: true },
  '/api/v1/savings': { ask: () => '/api/v1/savings', sees: true },
  '/api/v1/connections': { ask: () => '/api/v1/connections', sees: true },
  '/api/v1/connection-schedules': { ask: () => '/api/v1/connection-schedules' },
  '/api/v1/connections/{id}': {
    ask: ({ connectionId }) => `/api/v1/connections/${connectionId}`,
    sees: true,
  },
  '/api/v1/budgets': { ask: () => '/api/v1/budgets', sees: true },
  '/api/v1/budgets/{id}': { ask: ({ budgetId }) => `/api/v1/budgets/${budgetId}`, sees: true },
  '/api/v1/team-names': { ask: () => '/api/v1/team-names' },
  '/api/v1/policies': { ask: () => '/api/v1/policies', closed: true },
  '/api/v1/policies/{id}': { ask: () => `/api/v1/policies/${randomUUID()}`, closed: true },
  '/api/v1/notification-channels': { ask: () => '/api/v1/notification-channels', closed: true },
  '/api/v1/notification-channels/{id}': {
    ask: () => `/api/v1/notification-channels/${randomUUID()}`,
    closed: true,
  },
  '/api/v1/notification-channels/{id}/deliveries': {
    ask: () => `/api/v1/notification-channels/${randomUUID()}/deliveries`,
    closed: true,
  },
  '/api/v1/usage/llm/bills': {
    ask: ({ llmConnectionId }) =>
      `/api/v1/usage/llm/bills?connectionId=${llmConnectionId}&from=${DAY}`,
  },
  '/api/v1/audit': { ask: () => '/api/v1/audit', closed: true },
  '/api/v1/audit/export': { ask: () => '/api/v1/audit/export', closed: true },
  '/api/v1/audit/head': { ask: () => '/api/v1/audit/head', closed: true },
  '/api/v1/audit/verification': { ask: () => '/api/v1/audit/verification', closed: true },
  '/api/v1/credentials': { ask: () => '/api/v1/credentials', closed: true },
  '/api/v1/connections/{id}/credential': {
    ask: ({ connectionId }) => `/api/v1/connections/${connectionId}/credential`,
    closed: true,
  },
  '/api/v1/users': { ask: () => '/api/v1/users', closed: true },
  '/api/v1/users/{id}': { ask: () => `/api/v1/users/${randomUUID()}`, closed: true },
  '/api/v1/users/{id}/sessions': {
    ask: () => `/api/v1/users/${randomUUID()}/sessions`,
    closed: true,
  },
  '/api/v1/service-accounts/{id}': {
    ask: () => `/api/v1/service-accounts/${randomUUID()}`,
    closed: true,
  },
  '/api/v1/service-accounts': { ask: () => '/api/v1/service-accounts', closed: true },
  '/api/v1/teams': { ask: () => '/api/v1/teams', closed: true },
  '/api/v1/teams/{id}': { ask: () => `/api/v1/teams/${randomUUID()}`, closed: true },
};
/** They tell of the caller alone, or of nobody; the stream has a test of its own. */
const OWN = [
  '/api/v1/auth/me',
  '/api/v1/auth/sessions',
  '/api/v1/auth/options',
  '/api/v1/auth/oidc/start',
  '/api/v1/auth/oidc/callback',
  '/api/v1/events',
  '/healthz',
  '/readyz',
  '/.well-known/jwks.json',
];

describe('reading', () => {
  const reads = ROUTES.filter(({ method }) => method === 'get').map(({ path }) => path);

  test('every GET route is walked here', () => {
    expect([...Object.keys(READS), ...OWN].sort()).toEqual([...reads].sort());
  });

  test.each(Object.entries(READS))(
    '%s shows a member nothing of another team',
    async (_p, read) => {
      const { a, b } = world;
      const reply = await get(read.ask(a), service.as);
      expect(reply.status).toBe(read.closed === true ? 403 : 200);
      if (read.closed === true) expect(reply.refusal().code).toBe('forbidden');
      if (read.sees === true) expect(reply.text).toContain('alpha');
      expect(reply.text).not.toContain('bravo');
      for (const id of [b.connectionId, b.llmConnectionId, b.anomalyId, b.actionId, b.budgetId])
        expect(reply.text).not.toContain(id);
    },
  );

  const withId = Object.entries(READS).filter(
    ([path, { closed }]) => path.includes('{id}') && closed !== true,
  );
  test.each(withId)('%s answers an id of another team like a missing one', async (_p, read) => {
    const missing = {
      connectionId: randomUUID(),
      anomalyId: randomUUID(),
      actionId: randomUUID(),
      budgetId: randomUUID(),
    };
    const [of, none] = [
      await get(read.ask(world.b)),
      await get(read.ask({ ...world.b, ...missing })),
    ];
    expect(of.status).toBe(404);
    expect({ ...of.problem(), requestId: '' }).toEqual({ ...none.problem(), requestId: '' });
    expect((await get(read.ask(world.b), everyone.as)).status).toBe(200);
  });

  test.each(['connectionId', 'account', 'service'])(
    'a filter by %s of another team finds nothing',
    async (name) => {
      const value = name === 'connectionId' ? world.b.connectionId : `bravo ${name}`;
      const reply = await get(`/api/v1/usage/costs?${days}&${name}=${encodeURIComponent(value)}`);
      expect(reply.read(CostSeriesReply).groups).toEqual([]);
    },
  );

  test('totals, counts and export are the team’s to the cent', async () => {
    const summary = (await get(`/api/v1/usage/summary?${days}`)).read(UsageSummary);
    expect(summary).toMatchObject({ openAnomalies: 1, actionsWaiting: 1 });
    expect(summary.totals).toMatchObject([{ currency: 'USD', total: '10.000000000000000001' }]);
    const all = (await get(`/api/v1/usage/summary?${days}`, everyone.as)).read(UsageSummary);
    expect(all).toMatchObject({ openAnomalies: 2, actionsWaiting: 2 });
    expect(all.totals).toMatchObject([{ total: '87.500000000000000001' }]);
    const file = await get(`/api/v1/usage/focus?${days}&format=csv`);
    expect(file.text.trim().split('\n')).toHaveLength(2);
    const parquet = await get(`/api/v1/usage/focus?${days}&format=parquet`);
    expect(parquet.status).toBe(200);
    expect(parquet.text).not.toContain('bravo');
  });

  test('an admin in a team still sees everything, and the teams are told to whoever asks who they are', async () => {
    expect((await get('/api/v1/auth/me')).read(Me)).toMatchObject({
      teams: [{ id: team.id, name: team.name }],
      isLimitedToTeams: true,
    });
    const boss = await world.api.signIn('admin');
    await world.addTeam([{ kind: 'user', id: boss.id }], []);
    expect((await get('/api/v1/connections', boss.as)).text).toContain('bravo');
    expect((await get('/api/v1/auth/me', boss.as)).read(Me)).toMatchObject({
      isLimitedToTeams: false,
    });
  });

  test('a finding’s error is no way to see more: SQL of a filter stays a value', async () => {
    const evil = encodeURIComponent(
      `x' or 1=1; reset role; select set_config('costguard.viewer','',false); --`,
    );
    const reply = await get(`/api/v1/usage/costs?${days}&service=${evil}`);
    expect(reply.read(CostSeriesReply).groups).toEqual([]);
    expect((await get(`/api/v1/usage/costs?${days}`)).text).not.toContain('77.5');
  });
});

describe('writing', () => {
  const post = (path: string, body: unknown, as = approver.as, method = 'POST') =>
    world.api.call(method, path, { as, body });

  test.each([
    ['PATCH', (p: Part) => `/api/v1/anomalies/${p.anomalyId}`, { status: 'expected' }],
    ['POST', (p: Part) => `/api/v1/anomalies/${p.anomalyId}/feedback`, { verdict: 'real' }],
    ['POST', (p: Part) => `/api/v1/actions/${p.actionId}/approve`, { planHash: PLAN_HASH }],
    ['POST', (p: Part) => `/api/v1/actions/${p.actionId}/reject`, {}],
    ['POST', (p: Part) => `/api/v1/actions/${p.actionId}/cancel`, {}],
    ['POST', (p: Part) => `/api/v1/actions/${p.actionId}/rollback`, {}],
    ['POST', (p: Part) => `/api/v1/connections/${p.connectionId}/poll`, undefined],
    ['PATCH', (p: Part) => `/api/v1/budgets/${p.budgetId}`, { amount: '5' }],
    ['DELETE', (p: Part) => `/api/v1/budgets/${p.budgetId}`, undefined],
  ])('%s on another team’s %s is 404, and on the own one is not', async (method, path, body) => {
    expect((await post(path(world.b), body, approver.as, method)).status).toBe(404);
    if (method !== 'DELETE')
      expect((await post(path(world.a), body, approver.as, method)).status).not.toBe(404);
  });

  test('a proposal for another team’s connection or finding is as for a missing one', async () => {
    const at = (connectionId: string, more = {}) =>
      post('/api/v1/actions', actionProposal(connectionId, more));
    const hidden = await at(world.b.connectionId);
    const missing = await at(randomUUID());
    expect({ ...hidden.problem(), requestId: '' }).toEqual({ ...missing.problem(), requestId: '' });
    expect((await at(world.a.connectionId, { anomalyId: world.b.anomalyId })).refusal().code).toBe(
      'anomaly_not_found',
    );
    expect((await at(world.a.connectionId, { anomalyId: world.a.anomalyId })).status).toBe(201);
  });

  test('a budget is made and moved inside the team’s connections only', async () => {
    const budget = (filter: object) =>
      post('/api/v1/budgets', { name: randomUUID(), amount: '1', currency: 'USD', filter });
    for (const filter of [
      {},
      { provider: 'aws' },
      { connectionId: world.b.connectionId },
      { account: 'alpha account' },
    ])
      expect((await budget(filter)).refusal()).toMatchObject({ status: 403, code: 'forbidden' });
    const own = await budget({ connectionId: world.a.connectionId });
    expect(own.status).toBe(201);
    const { id } = own.body as { id: string };
    const move = (filter: object) =>
      post(`/api/v1/budgets/${id}`, { filter }, approver.as, 'PATCH');
    expect((await move({})).status).toBe(403);
    expect((await move({ connectionId: world.a.connectionId, service: 'x' })).status).toBe(200);
  });

  test('whatever no route lets members of teams do is refused, with what to do', async () => {
    const limited = await world.api.addService([
      'prices:write',
      'users:write',
      'connections:write',
    ]);
    await world.addTeam([{ kind: 'service', id: limited.id }], []);
    for (const [method, path, body] of [
      ['POST', '/api/v1/teams', { name: 'mine' }],
      [
        'POST',
        '/api/v1/users',
        { username: 'mallory', password: 'a long password', role: 'admin' },
      ],
      ['POST', '/api/v1/connections', { provider: 'aws', name: 'mine', mode: 'read_only' }],
    ] as const)
      expect((await post(path, body, limited.as, method)).problem()).toMatchObject({
        status: 403,
        detail: expect.stringContaining('Members of teams cannot do this') as string,
      });
  });

  test('an Idempotency-Key gives no reply of before to who sees it no more', async () => {
    const user = await world.api.signIn('operator');
    const ask = () =>
      world.api.call('POST', `/api/v1/anomalies/${world.b.anomalyId}/feedback`, {
        as: user.as,
        body: { verdict: 'real' },
        headers: { 'idempotency-key': 'k' },
      });
    expect((await ask()).status).toBe(201);
    await world.addTeam([{ kind: 'user', id: user.id }], []);
    await expect.poll(async () => (await ask()).status).toBe(404);
  });
});

describe('parts of a connection', () => {
  let connectionId: string;
  const summaryOf = async (as: Record<string, string>) =>
    (await get(`/api/v1/usage/summary?${days}`, as)).read(UsageSummary);
  const member = async (grants: object[]) => {
    const user = await world.api.signIn('approver');
    await world.addTeam([{ kind: 'user', id: user.id }], grants as never);
    return user.as;
  };

  beforeAll(async () => {
    connectionId = await addConnection(world.api.services.db, { name: 'shared' });
    await world.storeCharges(connectionId, [
      charge(DAY, '1.1', { subAccountId: '111', tags: { owner: 'data' }, resourceId: instance(1) }),
      charge(DAY, '2.02', { subAccountId: '111', tags: { owner: 'web' }, resourceId: instance(2) }),
      charge(DAY, '4.004', {
        subAccountId: '222',
        tags: { owner: 'data' },
        resourceId: instance(3),
      }),
      charge(DAY, '8.0008', {
        subAccountId: '222',
        tags: { team: 'data' },
        resourceId: instance(4),
      }),
      charge(DAY, '16', { subAccountId: null, tags: {}, resourceId: instance(5) }),
    ]);
  });

  test.each([
    ['an account', [{ account: '111' }], '3.12'],
    ['an owner', [{ owner: 'data' }], '5.104'],
    ['an account and an owner', [{ account: '111' }, { owner: 'data' }], '7.124'],
    ['two owners', [{ owner: 'data' }, { owner: 'web' }], '7.124'],
    ['an owner and the whole', [{ owner: 'data' }, {}], '31.1248'],
    ['an account that it has not', [{ account: '333' }], undefined],
    ['an owner that only another tag names', [{ owner: 'team' }], undefined],
  ])('who sees %s sees its costs to the cent, by every road', async (_name, parts, total) => {
    const as = await member(parts.map((part) => ({ connectionId, ...part })));
    const totals = total === undefined ? [] : [{ total }];
    expect((await summaryOf(as)).totals).toMatchObject(totals);
    const series = (await get(`/api/v1/usage/costs?${days}&group_by=account`, as)).read(
      CostSeriesReply,
    );
    expect(series.totals).toMatchObject(totals);
    const file = await get(`/api/v1/usage/focus?${days}&format=csv`, as);
    const [header = '', ...rows] = file.text.trim().split('\n');
    const at = header.split(',').indexOf('BilledCost');
    const sum = rows.reduce(
      (cents, row) => cents + Math.round(Number(row.split(',')[at]) * 10_000),
      0,
    );
    expect(sum).toBe(total === undefined ? 0 : Math.round(Number(total) * 10_000));
  });

  test('an incident over several accounts is seen by nobody who sees one', async () => {
    const part = (subAccountId: string | null) => ({
      subAccountId,
      serviceName: 'Amazon EC2',
      regionId: null,
      skuMeter: null,
      kind: 'spike',
      firstSeenOn: DAY,
      lastSeenOn: DAY,
      actual: '2',
      expected: '1',
      impact: '1',
      share: 0.5,
    });
    const report = (serviceName: string, accounts: (string | null)[]) =>
      world.report(connectionId, {
        serviceName,
        subAccountId: accounts[0] ?? null,
        startedOn: DAY,
        lastSeenOn: DAY,
        series: accounts.map(part),
      });
    const own = await report('own', ['111']);
    const both = await report('both', ['111', '222']);
    const unknown = await report('unknown', [null]);
    const as = await member([{ connectionId, account: '111' }]);
    const status = async (id: string) => (await get(`/api/v1/anomalies/${id}`, as)).status;
    expect([await status(own.id), await status(both.id), await status(unknown.id)]).toEqual([
      200, 404, 404,
    ]);
    const owner = await member([{ connectionId, owner: 'data' }]);
    expect((await get(`/api/v1/anomalies/${own.id}`, owner)).status).toBe(404);
    const propose = (resourceId: string) =>
      world.api.call('POST', '/api/v1/actions', {
        as,
        body: actionProposal(connectionId, { resourceId, anomalyId: own.id }),
      });
    expect((await propose(instance(3))).refusal().code).toBe('forbidden');
    expect((await propose(instance(2))).status).toBe(201);
  });

  test('a budget of an account is seen and made by who sees it, one of the connection is not', async () => {
    const as = await member([{ connectionId, account: '111' }]);
    const make = (filter: object, by = world.admin.as) =>
      world.api.call('POST', '/api/v1/budgets', {
        as: by,
        body: { name: randomUUID(), amount: '1', currency: 'USD', filter },
      });
    const idOf = async (reply: ReturnType<typeof make>) =>
      ((await reply).body as { id: string }).id;
    const own = await idOf(make({ connectionId, account: '111' }));
    const whole = await idOf(make({ connectionId }));
    const other = await idOf(make({ connectionId, account: '222' }));
    const status = async (id: string) => (await get(`/api/v1/budgets/${id}`, as)).status;
    expect([await status(own), await status(whole), await status(other)]).toEqual([200, 404, 404]);
    expect((await make({ connectionId, account: '111' }, as)).status).toBe(201);
    expect((await make({ connectionId }, as)).status).toBe(403);
  });
});

describe('the event stream', () => {
  test('tells a member of the own rows only, and follows a change of teams', async () => {
    const user = await world.api.signIn('viewer');
    const mine = await world.addTeam(
      [{ kind: 'user', id: user.id }],
      [{ connectionId: world.a.connectionId }],
    );
    const stop = new AbortController();
    const response = await fetch(`${world.api.url}/api/v1/events`, {
      headers: user.as,
      signal: stop.signal,
    });
    const seen = { text: '' };
    const read = async () => {
      for await (const chunk of response.body ?? [])
        seen.text += Buffer.from(chunk as Uint8Array).toString();
    };
    read().catch(() => undefined);
    await expect.poll(() => seen.text, { timeout: 10_000 }).toContain('retry');
    const touch = async ({ connectionId, anomalyId, budgetId }: Part) => {
      const { db } = world.api.services;
      await sql`update connections set updated_at = now() where id = ${connectionId}`.execute(db);
      await sql`update anomalies set updated_at = now() where id = ${anomalyId}`.execute(db);
      await sql`update budgets set updated_at = now() where id = ${budgetId}`.execute(db);
    };
    await touch(world.b);
    await touch(world.a);
    // The budget comes last; whatever was told of the other team would have come before.
    await expect.poll(() => seen.text, { timeout: 10_000 }).toContain(world.a.budgetId);
    expect(seen.text).toContain(world.a.anomalyId);
    for (const id of [world.b.connectionId, world.b.anomalyId, world.b.budgetId])
      expect(seen.text).not.toContain(id);

    await world.api.call('PATCH', `/api/v1/teams/${mine.id}`, {
      as: world.admin.as,
      body: { grants: [{ connectionId: world.b.connectionId }] },
    });
    await expect.poll(() => seen.text, { timeout: 10_000 }).toContain('event: gap');
    const before = seen.text.length;
    await touch(world.a);
    await touch(world.b);
    await expect.poll(() => seen.text, { timeout: 10_000 }).toContain(world.b.budgetId);
    expect(seen.text.slice(before)).not.toContain(world.a.anomalyId);
    expect(seen.text).not.toContain('"team"');
    stop.abort();
  });
});

describe('the database itself', () => {
  const asViewer = async (statements: string[]) => {
    const client = new pg.Client({ connectionString: world.api.databaseUrl });
    await client.connect();
    try {
      await client.query('set role costguard_viewer');
      let rows: unknown[] = [];
      for (const statement of statements) rows = (await client.query(statement)).rows as unknown[];
      return rows;
    } finally {
      await client.end();
    }
  };

  const own = VIEWER_TABLES.filter((table) => table !== 'llm_price_overrides');
  test.each([...own, 'viewer.team_grants'])(
    'shows nothing of %s to a session without a viewer',
    async (table) => {
      expect(await asViewer([`select * from ${table}`])).toEqual([]);
    },
  );

  test('lets the viewer read tables with row-level security only, and write none', async () => {
    const { rows } = await sql<{ name: string; secured: boolean; writes: boolean }>`
      select relname as name, relrowsecurity or 'security_invoker=true' = any(reloptions) as secured,
        has_table_privilege('costguard_viewer', oid, 'insert,update,delete,truncate') and relname <> 'audit_log' as writes
      from pg_class where relkind in ('r', 'p', 'v', 'm') and relnamespace::regnamespace::text in ('public', 'viewer')
        and (has_table_privilege('costguard_viewer', oid, 'select')
          or has_table_privilege('costguard_viewer', oid, 'insert,update,delete'))`.execute(
      world.api.services.db,
    );
    const open = rows.filter(({ name }) => name !== 'audit_log');
    // The viewer's own grants and sums of what is seen, by views in place of tables that are closed.
    const readable = [...VIEWER_TABLES, 'team_grants', 'cost_daily_groups'].sort();
    expect([...new Set(open.map(({ name }) => name))].sort()).toEqual(readable);
    expect(open.filter(({ secured, writes }) => !secured || writes)).toEqual([]);
  });
});

describe('many callers at once over one pool', () => {
  test('never see each other’s rows', { timeout: 60_000 }, async () => {
    const parts = ['one', 'two', 'three', 'four', 'five'];
    const callers = await Promise.all(
      parts.map(async (name) => {
        const connectionId = await addConnection(world.api.services.db, { name: `caller ${name}` });
        const account = await world.api.addService([...READING]);
        await world.addTeam([{ kind: 'service', id: account.id }], [{ connectionId }]);
        return { name, as: account.as };
      }),
    );
    const asked = Array.from({ length: 120 }, (_, i) => callers[(i * 7) % callers.length]!);
    const replies = await Promise.all(
      asked.map(async ({ name, as }, i) => {
        // Some fail inside their query, some are cut off in the middle of an export.
        if (i % 10 === 3) await get(`/api/v1/usage/costs?${days}&limit=0`, as);
        if (i % 10 === 6) await get(`/api/v1/anomalies?cursor=%5B%22x%22%5D`, as);
        const reply = await get('/api/v1/connections', as);
        const { items } = reply.body as { items: { name: string }[] };
        return { name, saw: items.map((item) => item.name) };
      }),
    );
    for (const { name, saw } of replies) expect(saw).toEqual([`caller ${name}`]);
  });

  test('a connection that was left in a transaction is not used again', async () => {
    const { restricted } = await world.api.services.views.viewOf({
      kind: 'user',
      id: viewer.id,
      role: 'viewer',
    });
    const client = await restricted!.pool.connect();
    const pid = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!
      .pid;
    await client.query('begin');
    client.release();
    const gone = async () =>
      (await world.api.services.pool.query('select from pg_stat_activity where pid = $1', [pid]))
        .rowCount;
    await expect.poll(gone, { timeout: 10_000 }).toBe(0);
  });
});

test('a page of teams names members and grants', async () => {
  const page = (await get('/api/v1/teams?limit=200', world.admin.as)).read(TeamPage);
  expect(page.items.find(({ id }) => id === team.id)).toEqual(team);
});

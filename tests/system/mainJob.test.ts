import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  type _InstanceType,
} from '@aws-sdk/client-ec2';
import { Client, Connection as Temporal } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../cli/launch/waitUntil.ts';
import type { ActionCreate, ActionDetail } from '../../core/contracts/action.ts';
import type { Anomaly } from '../../core/contracts/anomaly.ts';
import type { BudgetDetail } from '../../core/contracts/budget.ts';
import type { Connection } from '../../core/contracts/connection.ts';
import { LISTED_MONTHS_BACK } from '../../core/mcp/listAccounts.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { addMonths, firstOfMonth } from '../../core/time/month.ts';
import { accountResults, costResults, type CostMeter } from './costResults.ts';
import { namedMetrics } from '../deploy/metricNames.ts';
import {
  type FakeTraceCollector,
  type ReceivedSpan,
  startFakeTraceCollector,
} from './fakeTraceCollector.ts';
import { runCommandLine } from './runCommandLine.ts';
import { type SignedIn, signIn } from './signIn.ts';
import { startSystem, type TestSystem } from './startSystem.ts';

const today = utcDay(new Date());
const first = addDays(today, -92);
const yesterday = addDays(today, -1);
// moto's own account.
const ACCOUNT_ID = '123456789012';

// A small web tier that follows the week, and an m5.4xlarge that appears two days ago and stays.
const METERS: CostMeter[] = [
  {
    service: 'Amazon Elastic Compute Cloud - Compute',
    usageType: 'BoxUsage:m5.large',
    unit: 'Hrs',
    costOn: (day) => (isWeekend(day) ? '6.912' : '9.216'),
    quantityOn: (day) => (isWeekend(day) ? '72' : '96'),
  },
  {
    service: 'Amazon Elastic Compute Cloud - Compute',
    usageType: 'BoxUsage:m5.4xlarge',
    unit: 'Hrs',
    costOn: (day) => (day >= addDays(today, -2) ? '18.432' : '0'),
    quantityOn: (day) => (day >= addDays(today, -2) ? '24' : '0'),
  },
  {
    service: 'Amazon Simple Storage Service',
    usageType: 'TimedStorage-ByteHrs',
    unit: 'GB-Mo',
    costOn: () => '4.10',
    quantityOn: () => '178.26',
  },
];

let system: TestSystem;
let collector: FakeTraceCollector;
let admin: SignedIn;
let ec2: EC2Client;
let instanceId: string;
let connectionId: string;

beforeAll(async () => {
  // Its history would take the answers that are queued for the polls; it has tests of its own.
  collector = await startFakeTraceCollector();
  system = await startSystem({
    BACKFILL_MONTHS: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  ec2 = new EC2Client({
    endpoint: system.moto.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  instanceId = await runInstance('m5.4xlarge');
  await runInstance('m5.large');
  // A poll first asks which accounts there are; the first then for three months, every later one for three days.
  // Where these reach back further than accounts are listed, it asks who had costs in them.
  const listedSince = addMonths(firstOfMonth(today), -LISTED_MONTHS_BACK);
  const accounts = (from: string, to: string) =>
    accountResults({ Start: from, End: to }, [ACCOUNT_ID]);
  await system.moto.queueCosts([
    accounts(listedSince, addDays(today, 1)),
    ...(first < listedSince ? [accounts(first, today)] : []),
    costResults(first, today, METERS),
    costResults(addDays(today, -3), today, METERS),
  ]);
  await system.start('api');
  await Promise.all([system.start('aws-cost'), system.start('detective'), system.start('action')]);
  admin = await signIn(system.apiUrl, 'admin', system.adminPassword);
  // One day's costs reach it, also on the first of a month.
  await admin.post('/api/v1/budgets', {
    name: 'Small',
    amount: '1',
    currency: 'USD',
    fractions: [0.5, 1],
  });
  return () => ec2.destroy();
});

afterAll(async () => {
  await system.close();
  await collector.close();
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(() => {
    for (const part of ['api', 'aws-cost', 'detective', 'action'] as const) {
      process.stderr.write(`== ${part}\n${system.linesOf(part).slice(-4).map(brief).join('\n')}\n`);
    }
  });
});

async function runInstance(type: string): Promise<string> {
  const started = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      InstanceType: type as _InstanceType,
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  return started.Instances?.[0]?.InstanceId ?? '';
}

async function describeInstance(id: string) {
  const answer = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const instance = answer.Reservations?.[0]?.Instances?.[0];
  return { type: instance?.InstanceType, state: instance?.State?.Name };
}

async function list<T>(path: string): Promise<T[]> {
  const { body } = await admin.get(path);
  return (body as { items: T[] }).items;
}

/** Asks for a poll until a new one has ended: while one still runs, the request for another is skipped. */
async function pollNow(): Promise<void> {
  const before = await connectionNow();
  await waitUntil(
    async () => {
      await admin.post(`/api/v1/connections/${connectionId}/poll`);
      return (await connectionNow()).lastPollAt !== before.lastPollAt;
    },
    { timeoutMs: 90_000, intervalMs: 2_000, what: 'a poll has ended' },
  );
}

/** Until no poll runs: one that has stored its costs still asks for advice, and a new one would be skipped. */
async function pollsAreOver(): Promise<void> {
  const temporal = await Temporal.connect({ address: system.env['TEMPORAL_ADDRESS'] ?? '' });
  const { workflow } = new Client({ connection: temporal, namespace: 'costguard' });
  const query = `WorkflowType = 'detectivePoll' AND ExecutionStatus = 'Running'`;
  await waitUntil(async () => (await workflow.count(query)).count === 0, {
    timeoutMs: 60_000,
    what: 'no poll runs',
  });
  await temporal.close();
}

async function connectionNow(): Promise<Connection> {
  return (await admin.get(`/api/v1/connections/${connectionId}`)).body as Connection;
}

/** Proposes as a program does: whoever proposes cannot approve. */
async function propose(create: ActionCreate): Promise<ActionDetail> {
  const { stdout } = await runCommandLine(['token', '--scopes', 'actions:propose'], system.env);
  const reply = await fetch(`${system.apiUrl}/api/v1/actions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' },
    body: JSON.stringify(create),
  });
  expect(reply.status).toBe(201);
  return (await reply.json()) as ActionDetail;
}

const budgetNow = async (): Promise<BudgetDetail> =>
  (await list<BudgetDetail>('/api/v1/budgets'))[0]!;

async function warningsGiven(): Promise<string[]> {
  const { warnings } = (await budgetNow()).standing;
  return warnings.map(({ basis, fraction }) => `${basis} ${fraction}`).sort();
}

async function storedCosts(): Promise<{ rows: number; total: string; revisions: number }> {
  const { db } = system.connected;
  const costs = await db
    .selectFrom('cost_records')
    .select((eb) => [
      eb.fn.countAll<string>().as('rows'),
      eb.fn.sum<string>('billed_cost').as('total'),
    ])
    .executeTakeFirstOrThrow();
  const revisions = await db
    .selectFrom('cost_daily_revisions')
    .select((eb) => eb.fn.countAll<string>().as('rows'))
    .executeTakeFirstOrThrow();
  return { rows: Number(costs.rows), total: costs.total, revisions: Number(revisions.rows) };
}

describe('the main job, on real parts', () => {
  let anomaly: Anomaly;
  let action: ActionDetail;

  it('polls a new connection by its schedule, stores its costs and reports what is unusual', async () => {
    const created = await admin.post('/api/v1/connections', {
      provider: 'aws',
      name: 'Production',
      mode: 'actions',
      pollIntervalMinutes: 60,
    });
    expect(created.status).toBe(201);
    connectionId = (created.body as Connection).id;
    await waitUntil(async () => (await connectionNow()).health.status !== 'unknown', {
      timeoutMs: 90_000,
      what: 'the first poll has ended',
    });
    expect(await connectionNow()).toMatchObject({
      health: { status: 'healthy', code: null },
      dataUntil: yesterday,
    });
    const anomalies = await list<Anomaly>('/api/v1/anomalies');
    expect(anomalies).toHaveLength(1);
    anomaly = anomalies[0]!;
    expect(anomaly).toMatchObject({
      connectionId,
      serviceName: 'Amazon Elastic Compute Cloud - Compute',
      regionId: 'us-east-1',
      startedOn: addDays(today, -2),
      lastSeenOn: yesterday,
      status: 'open',
      currency: 'USD',
    });
    expect(anomaly.drivers[0]).toMatchObject({
      dimension: 'SkuMeter',
      value: 'BoxUsage:m5.4xlarge',
    });
  });

  it('stores every amount exactly and serves it by service', async () => {
    const { body } = await admin.get(
      `/api/v1/usage/costs?from=${first}&to=${today}&group_by=service`,
    );
    const weekdays = Array.from({ length: 92 }, (_, i) => addDays(first, i)).filter(
      (day) => !isWeekend(day),
    ).length;
    // 9.216 on weekdays, 6.912 on weekends, and two days of 18.432: exact in tenths of a cent.
    const compute = (9216 * weekdays + 6912 * (92 - weekdays) + 2 * 18432) / 1000;
    expect(body).toMatchObject({
      groups: [
        {
          label: 'Amazon Elastic Compute Cloud - Compute',
          currency: 'USD',
          total: String(compute),
        },
        { label: 'Amazon Simple Storage Service', total: '377.2' },
      ],
      dataUntil: yesterday,
    });
  });

  it('warns of a budget that the costs have reached, by the poll that brought them', async () => {
    await waitUntil(async () => (await budgetNow()).standing.warnings.length > 0, {
      timeoutMs: 30_000,
      what: 'the budget has warned',
    });
    expect(await warningsGiven()).toEqual(['actual 0.5', 'actual 1']);
    expect(Number((await budgetNow()).standing.actualToDate)).toBeGreaterThan(1);
  });

  it('proposes to halve the instance that drives the finding, with a plan and a saving', async () => {
    await waitUntil(
      async () => (await list<ActionDetail>('/api/v1/actions'))[0]?.planHash != null,
      {
        timeoutMs: 60_000,
        what: 'a plan is ready',
      },
    );
    const [proposed] = await list<ActionDetail>('/api/v1/actions');
    action = (await admin.get(`/api/v1/actions/${proposed!.id}`)).body as ActionDetail;
    expect(action).toMatchObject({
      status: 'proposed',
      resourceId: instanceId,
      anomalyId: anomaly.id,
      proposedBy: 'detective',
      plan: { before: { instanceType: 'm5.4xlarge' }, after: { instanceType: 'm5.2xlarge' } },
      expectedMonthlySaving: { amount: '280.32', currency: 'USD' },
    });
  });

  it('carries the plan out once a person approves it: DescribeInstances shows the new type, running', async () => {
    const decided = await admin.post(`/api/v1/actions/${action.id}/approve`, {
      planHash: action.planHash,
    });
    expect(decided).toMatchObject({ status: 200, body: { outcome: 'accepted' } });
    await waitUntil(
      async () =>
        ((await admin.get(`/api/v1/actions/${action.id}`)).body as ActionDetail).status ===
        'succeeded',
      { timeoutMs: 60_000, what: 'the action has succeeded' },
    );
    expect(await describeInstance(instanceId)).toEqual({ type: 'm5.2xlarge', state: 'running' });
    const { events, temporalUrl } = (await admin.get(`/api/v1/actions/${action.id}`))
      .body as ActionDetail;
    expect(events.filter((event) => event.type === 'step').map((event) => event.summary)).toEqual([
      'Stopped the instance',
      'The instance is stopped',
      "The instance's type is m5.2xlarge",
      'Started the instance',
      'The instance is running',
    ]);
    const page = await fetch(temporalUrl);
    expect(page.status).toBe(200);
  });

  it('has counted it all for Prometheus, without the id of anything', async () => {
    const [detective, workers] = [await system.scrape('detective'), await system.scrape('action')];
    const value = (text: string, name: string, labels: Record<string, string>) =>
      text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`))
        .filter((line) => Object.entries(labels).every(([k, v]) => line.includes(`${k}="${v}"`)))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    const polled = { kind: 'costs', provider: 'aws' };
    expect(value(detective, 'costguard_polls_total', { ...polled, result: 'done' })).toBe(1);
    const { rows } = await storedCosts();
    expect(value(detective, 'costguard_poll_rows_total', polled)).toBe(rows);
    expect(value(detective, 'costguard_findings_total', { provider: 'aws' })).toBe(1);
    expect(value(detective, 'costguard_proposals_total', { provider: 'aws' })).toBe(1);
    const asked = { tool: 'query_costs', result: 'ok' };
    expect(value(detective, 'costguard_mcp_calls_total', asked)).toBe(1);
    expect(value(workers, 'costguard_action_moves_total', { status: 'succeeded' })).toBe(1);
    const called = { provider: 'aws', result: 'ok' };
    expect(value(workers, 'costguard_provider_calls_total', called)).toBeGreaterThan(10);
    expect(workers).toContain('costguard_actions_open{status="rollback_failed"} 0\n');
    // The SDK's own are among them.
    expect(value(workers, 'temporal_activity_execution_latency_seconds_count', {})).toBeGreaterThan(
      5,
    );
    for (const id of [action.id, connectionId, anomaly.id, instanceId])
      expect(detective + workers).not.toContain(id);
  });

  it('has sent one trace from the poll over the API and the action’s workflow to the provider', async () => {
    const { spans } = collector;
    const provider = new URL(system.moto.url).host;
    const isCall = (span: ReceivedSpan) =>
      span.service === 'costguard-action-worker' && span.attributes['server.address'] === provider;
    await expect.poll(() => spans.some(isCall), { timeout: 30_000 }).toBe(true);
    const traceId = spans.find(isCall)?.traceId;
    const names = () =>
      new Set(
        spans
          .filter((span) => span.traceId === traceId)
          .map(({ name, service }) => `${service.replace('costguard-', '')} ${name}`),
      );
    await expect
      .poll(() => [...names()], { timeout: 30_000 })
      .toEqual(
        expect.arrayContaining([
          'detective-worker RunWorkflow:detectivePoll',
          'api POST /api/v1/actions',
          'api StartWorkflow:actionApproval',
          'action-worker POST',
        ]),
      );
    const calls = spans.filter((span) => span.traceId === traceId && isCall(span));
    expect(calls.length).toBeGreaterThan(2);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    expect(byId.get(calls.at(-1)?.parentSpanId ?? '')?.name).toMatch(/^RunActivity:/);
  });

  it('has put no secret, no amount and no words of an error into a trace', () => {
    const said = collector.texts.join('');
    const { env } = system;
    for (const secret of [
      system.adminPassword,
      'Bearer',
      new URL(String(env['DATABASE_URL'])).password,
    ])
      expect(said.includes(secret), 'a secret').toBe(false);
    expect(said).not.toMatch(/CgMonthlySaving|exception|18\.432|m5\./);
  });

  it('offers every metric that the alerts and the dashboard ask for', async () => {
    const { apiUrl, scrape } = system;
    const api = await (await fetch(`${apiUrl}/metrics`)).text();
    // What a worker looks up is looked up every 15 seconds.
    const offered = async () => `${api}${await scrape('detective')}${await scrape('action')}`;
    const missing = async () => {
      const text = await offered();
      // One that counts failures is there when the first has happened.
      const named = namedMetrics().filter((name) => !name.includes('failed'));
      return named.filter((name) => !text.includes(`# TYPE ${name} `));
    };
    // Nothing was sent here, and the backup worker does not run: tests/notifications, tests/backup.
    await expect
      .poll(missing, { timeout: 40_000 })
      .toEqual(['costguard_backup_newest_timestamp_seconds', 'costguard_messages_total']);
    const spent = (await offered()).match(
      /costguard_provider_spend_usd_sum{.*tool="query_costs".*} (\S+)/,
    );
    expect(Number(spent?.[1])).toBeGreaterThan(0);
  });

  it('stores the same rows and reports nothing new when it polls again', async () => {
    const before = await storedCosts();
    await pollNow();
    expect(await storedCosts()).toEqual(before);
    expect(await list<Anomaly>('/api/v1/anomalies')).toHaveLength(1);
    expect(await list<ActionDetail>('/api/v1/actions')).toHaveLength(1);
    expect(await warningsGiven()).toEqual(['actual 0.5', 'actual 1']);
    const told = await system.connected.db
      .selectFrom('audit_log')
      .select('seq')
      .where('operation', '=', 'budget.warn')
      .execute();
    expect(told).toHaveLength(2);
  });

  it('loses nothing while the API is away: the poll waits and then goes on', async () => {
    await pollsAreOver();
    const before = await storedCosts();
    // The finding of before is taken away with its key, so that it has to be reported again.
    await system.connected.db.deleteFrom('anomalies').execute();
    await system.connected.db.deleteFrom('idempotency_keys').execute();
    const linesBefore = system.linesOf('detective').length;
    await admin.post(`/api/v1/connections/${connectionId}/poll`);
    await system.kill('api');
    // Where it was still reading costs, it hears of it from the provider's server, which cannot have its token checked.
    const noticed = /api_unavailable|provider_unavailable/;
    await waitUntil(
      () =>
        system
          .linesOf('detective')
          .slice(linesBefore)
          .some((line) => noticed.test(line)),
      {
        timeoutMs: 60_000,
        what: 'the detective has noticed',
      },
    );
    await system.start('api');
    admin = await signIn(system.apiUrl, 'admin', system.adminPassword);
    await waitUntil(async () => (await list<Anomaly>('/api/v1/anomalies')).length === 1, {
      timeoutMs: 90_000,
      what: 'the finding was reported after all',
    });
    expect(await storedCosts()).toEqual(before);
  });

  it('carries an action through while the API is away, and everything about it is there afterwards', async () => {
    const other = await runInstance('m5.xlarge');
    const { id } = await propose({
      kind: 'resize_instance',
      connectionId,
      resourceId: other,
      region: 'us-east-1',
      target: { instanceType: 'm5.large' },
      reason: 'It idles at night',
    });
    const now = async () => (await admin.get(`/api/v1/actions/${id}`)).body as ActionDetail;
    await waitUntil(async () => (await now()).planHash !== null, {
      timeoutMs: 60_000,
      what: 'the plan is ready',
    });
    const { planHash } = await now();
    const decided = await admin.post(`/api/v1/actions/${id}/approve`, { planHash });
    expect(decided).toMatchObject({ status: 200, body: { outcome: 'accepted' } });
    await system.kill('api');
    await waitUntil(
      async () => {
        const { db } = system.connected;
        const row = db.selectFrom('actions').select('status').where('id', '=', id);
        return (await row.executeTakeFirst())?.status === 'succeeded';
      },
      { timeoutMs: 60_000, what: 'the action has succeeded without the API' },
    );
    expect(await describeInstance(other)).toEqual({ type: 'm5.large', state: 'running' });
    await system.start('api');
    admin = await signIn(system.apiUrl, 'admin', system.adminPassword);
    const { status, events } = await now();
    expect(status).toBe('succeeded');
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(5);
    const calls = await system.connected.db
      .selectFrom('audit_log')
      .select(sql<string>`detail ->> 'operation'`.as('operation'))
      .where('subject', '=', `action:${id}`)
      .where('operation', '=', 'cloud.call')
      .where(sql`detail ->> 'outcome'`, '=', 'ok')
      .where(sql`detail ->> 'operation'`, 'not like', 'ec2:Describe%')
      .orderBy('seq')
      .execute();
    expect(calls.map(({ operation }) => operation)).toEqual([
      'ec2:StopInstances',
      'ec2:ModifyInstanceAttribute',
      'ec2:StartInstances',
    ]);
  });

  it('loses nothing while Postgres is away', async () => {
    const before = await storedCosts();
    system.postgresLine.cut();
    const refused = await admin.get('/api/v1/anomalies');
    expect(refused).toMatchObject({
      status: 503,
      body: { type: 'urn:costguard:problem:database_unavailable' },
    });
    system.postgresLine.mend();
    await pollNow();
    expect(await storedCosts()).toEqual(before);
    expect((await connectionNow()).health.status).toBe('healthy');
  });

  it('writes no secret into any log', () => {
    const secrets = [
      system.adminPassword,
      'cgs_',
      'eyJhbGciOiJFZERTQSI',
      system.env['DATABASE_URL'] ?? 'unset',
    ];
    for (const part of ['api', 'aws-cost', 'detective', 'action'] as const) {
      const text = system.linesOf(part).join('\n');
      expect(text.length).toBeGreaterThan(0);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });
});

function isWeekend(day: string): boolean {
  return [0, 6].includes(new Date(day).getUTCDay());
}

/** A log line's message and error, without its many ids. */
function brief(line: string): string {
  const isJson = line.startsWith('{');
  if (!isJson) return line;
  const { msg, err, code } = JSON.parse(line) as { msg: string; err?: unknown; code?: string };
  return JSON.stringify({ msg: msg.slice(0, 300), code, err });
}

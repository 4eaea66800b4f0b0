import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  type _InstanceType,
} from '@aws-sdk/client-ec2';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { waitUntil } from '../../cli/launch/waitUntil.ts';
import type { ActionDetail } from '../../core/contracts/action.ts';
import type { Connection } from '../../core/contracts/connection.ts';
import { LISTED_MONTHS_BACK } from '../../core/mcp/listAccounts.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { addMonths, firstOfMonth } from '../../core/time/month.ts';
import { makeAccessKey } from '../credentials/makeAccessKey.ts';
import { accountResults, costResults } from '../system/costResults.ts';
import { runCommandLine } from '../system/runCommandLine.ts';
import { type SignedIn, signIn } from '../system/signIn.ts';
import { startSystem, type TestSystem } from '../system/startSystem.ts';
import { unpackRelease } from './unpackRelease.ts';

// The release before fills a database and starts workflows; today's takes over both, as an operator would do it: all parts
// are stopped, `costguard migrate` and `init` are run, all parts are started. Temporal, Postgres and the AWS account stay.
const LAST_RELEASE = 'release-2026-11-26';
// moto's own account.
const ACCOUNT_ID = '123456789012';
const PARTS = ['api', 'aws-cost', 'detective', 'action'] as const;
/** What an update may add to and must not change. */
const KEPT = [
  ...['cost_records', 'cost_daily', 'connections', 'credentials', 'users', 'sessions'],
  ...['actions', 'action_events', 'anomalies', 'signing_keys'],
] as const;

const today = utcDay(new Date());
const first = addDays(today, -92);
const METER = {
  service: 'Amazon Simple Storage Service',
  usageType: 'TimedStorage-ByteHrs',
  unit: 'GB-Mo',
  costOn: () => '4.10',
  quantityOn: () => '178.26',
};

let system: TestSystem;
let admin: SignedIn;
let ec2: EC2Client;
let connectionId: string;
/** Actions by what had come of them before the update. */
const ids = { approved: '', rejected: '', succeeded: '' };
const instances = { approved: '', rejected: '', succeeded: '' };

beforeAll(async () => {
  system = await startSystem({ BACKFILL_MONTHS: '0' }, await unpackRelease(LAST_RELEASE));
  ec2 = new EC2Client({
    endpoint: system.moto.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await queueCosts();
  await startParts();
  admin = await signIn(system.apiUrl, 'admin', system.adminPassword);
  await connectAccount();
  for (const name of ['approved', 'rejected', 'succeeded'] as const) {
    instances[name] = await runInstance('m5.xlarge');
    ids[name] = await propose(instances[name]);
  }
  await approve(ids.succeeded);
  await statusIs(ids.succeeded, 'succeeded');
});

afterAll(async () => {
  ec2.destroy();
  await system.close();
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(() => {
    for (const part of PARTS) {
      process.stderr.write(`== ${part}\n${system.linesOf(part).slice(-6).join('\n')}\n`);
    }
  });
});

async function startParts(): Promise<void> {
  await system.start('api');
  await Promise.all(PARTS.filter((part) => part !== 'api').map((part) => system.start(part)));
}

/** The answers of the first poll and of one more: the accounts, then the costs of three months or three days. */
async function queueCosts(): Promise<void> {
  const listedSince = addMonths(firstOfMonth(today), -LISTED_MONTHS_BACK);
  const accounts = (from: string, to: string) =>
    accountResults({ Start: from, End: to }, [ACCOUNT_ID]);
  await system.moto.queueCosts([
    accounts(listedSince, addDays(today, 1)),
    ...(first < listedSince ? [accounts(first, today)] : []),
    costResults(first, today, [METER]),
    costResults(addDays(today, -3), today, [METER]),
  ]);
}

/** A connection that reads and changes the account by a stored credential. */
async function connectAccount(): Promise<void> {
  const created = await admin.post('/api/v1/connections', {
    provider: 'aws',
    name: 'Production',
    mode: 'actions',
    pollIntervalMinutes: 60,
  });
  connectionId = (created.body as Connection).id;
  const stored = await admin.put(
    `/api/v1/connections/${connectionId}/credential`,
    await makeAccessKey(system.moto.url, ACCOUNT_ID),
  );
  expect(stored.status).toBeLessThan(300);
  await waitUntil(async () => (await connectionNow()).health.status === 'healthy', {
    timeoutMs: 90_000,
    what: 'the first poll has ended',
  });
}

const connectionNow = async () =>
  (await admin.get(`/api/v1/connections/${connectionId}`)).body as Connection;

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

async function typeOf(id: string): Promise<string | undefined> {
  const answer = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return answer.Reservations?.[0]?.Instances?.[0]?.InstanceType;
}

/** Proposes as a program does, and waits for the plan. */
async function propose(resourceId: string): Promise<string> {
  const args = ['token', '--scopes', 'actions:propose'];
  const { stdout } = await runCommandLine(args, system.env, await unpackRelease(LAST_RELEASE));
  const reply = await fetch(`${system.apiUrl}/api/v1/actions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      kind: 'resize_instance',
      connectionId,
      resourceId,
      region: 'us-east-1',
      target: { instanceType: 'm5.large' },
      reason: 'It idles at night',
    }),
  });
  expect(reply.status).toBe(201);
  const { id } = (await reply.json()) as { id: string };
  await waitUntil(async () => (await actionNow(id)).planHash !== null, {
    timeoutMs: 60_000,
    what: 'the plan is ready',
  });
  return id;
}

const actionNow = async (id: string) =>
  (await admin.get(`/api/v1/actions/${id}`)).body as ActionDetail;

async function approve(id: string): Promise<void> {
  const { planHash } = await actionNow(id);
  const decided = await admin.post(`/api/v1/actions/${id}/approve`, { planHash });
  expect(decided).toMatchObject({ status: 200, body: { outcome: 'accepted' } });
}

async function statusIs(id: string, status: string): Promise<void> {
  await waitUntil(async () => (await actionNow(id)).status === status, {
    timeoutMs: 90_000,
    what: `the action is ${status}`,
  });
}

/** How many rows there are, and what a chosen few of their columns add up to. */
async function contents() {
  const { db } = system.connected;
  const counts: Record<string, number> = {};
  for (const table of KEPT) {
    const { rows } = await sql<{
      n: string;
    }>`select count(*)::text as n from ${sql.table(table)}`.execute(db);
    counts[table] = Number(rows[0]?.n);
  }
  const { rows } = await sql<{
    total: string;
  }>`select sum(billed_cost)::text as total from cost_records`.execute(db);
  return { counts, costs: rows[0]?.total };
}

describe('an update from the last release', () => {
  test('keeps every row, and who is signed in stays so', async () => {
    await Promise.all(PARTS.map((part) => system.stop(part)));
    const before = await contents();
    expect(before.counts).toMatchObject({ cost_records: 92, actions: 3, credentials: 1 });
    await system.update(projectRoot);
    expect(await contents()).toEqual(before);
    await startParts();
    expect((await admin.get('/api/v1/auth/me')).status).toBe(200);
  });

  test('shows the plans that wait, and carries out what is approved now', async () => {
    expect(await actionNow(ids.approved)).toMatchObject({
      status: 'proposed',
      plan: { before: { instanceType: 'm5.xlarge' }, after: { instanceType: 'm5.large' } },
    });
    await approve(ids.approved);
    await statusIs(ids.approved, 'succeeded');
    expect(await typeOf(instances.approved)).toBe('m5.large');
  });

  test('leaves alone what is rejected now', async () => {
    const { status } = await admin.post(`/api/v1/actions/${ids.rejected}/reject`, {
      reason: 'Needed next week',
    });
    expect(status).toBe(200);
    await statusIs(ids.rejected, 'rejected');
    expect(await typeOf(instances.rejected)).toBe('m5.xlarge');
  });

  test('takes back what the last release has carried out', async () => {
    expect(await typeOf(instances.succeeded)).toBe('m5.large');
    await admin.post(`/api/v1/actions/${ids.succeeded}/rollback`, { reason: 'Too slow' });
    await statusIs(ids.succeeded, 'rolled_back');
    expect(await typeOf(instances.succeeded)).toBe('m5.xlarge');
  });

  test('polls on by the same schedule and with the stored credential', async () => {
    const before = await contents();
    const { lastPollAt } = await connectionNow();
    await waitUntil(
      async () => {
        await admin.post(`/api/v1/connections/${connectionId}/poll`);
        return (await connectionNow()).lastPollAt !== lastPollAt;
      },
      { timeoutMs: 90_000, intervalMs: 2_000, what: 'a poll has ended' },
    );
    expect((await connectionNow()).health).toMatchObject({ status: 'healthy' });
    expect((await contents()).costs).toBe(before.costs);
  });

  test('has one unbroken log of both releases', async () => {
    const log = await runCommandLine(['audit', 'export', '-o', '-'], system.env);
    const folder = mkdtempSync(join(tmpdir(), 'costguard-upgrade-'));
    const file = join(folder, 'audit.jsonl');
    writeFileSync(file, log.stdout);
    const checked = await runCommandLine(['audit', 'verify', file], system.env);
    rmSync(folder, { recursive: true });
    expect(checked, checked.stdout).toMatchObject({ code: 0 });
    for (const id of Object.values(ids)) expect(log.stdout).toContain(id);
  });
});

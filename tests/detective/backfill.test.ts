import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { waitUntil } from '../../cli/launch/waitUntil.ts';
import { backfillConnectionId, backfillMonthId } from '../../core/connections/backfillIds.ts';
import { backfillMonths, monthPeriod } from '../../core/connections/backfillMonths.ts';
import type { BackfillProgress } from '../../core/contracts/backfill.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { askForMonths } from '../../db/queries/backfill/askForMonths.ts';
import { CG_CONNECTION, CG_PROVIDER, CG_STATUS } from '../../workflows/searchAttributes.ts';
import { BACKFILL_WORKFLOW_TYPE, backfillStartOptions } from '../../workflows/messages.ts';
import { historyToJson } from '../servers/historyJson.ts';
import { ACCOUNT_ID, type AwsPollWorld, flatMeter, startAwsPollWorld } from './awsPollWorld.ts';
import { lastAttempt } from './pollWorld.ts';

const today = utcDay(new Date());
const months = backfillMonths(today, 13);

let world: AwsPollWorld;
beforeAll(async () => {
  world = await startAwsPollWorld({ backfillMonths: 13, env: { AWS_CE_CALLS_PER_DAY: '40' } });
});
afterAll(() => world.close());

beforeEach(() => {
  world.meters.length = 0;
  world.meters.push(flatMeter('BoxUsage:m5.large', '9.216'));
  world.fault(() => undefined);
});

const startOf = (body: Record<string, unknown>) => (body['TimePeriod'] as { Start: string }).Start;
/** Whether a request is for the month of history that begins on that day. */
const isMonth = (month: string) => (call: { body: Record<string, unknown> }) =>
  startOf(call.body) === monthPeriod(month).from;

async function progressOf(connectionId: string): Promise<BackfillProgress> {
  const { backfill } = await world.connection(connectionId);
  if (backfill === null) throw new Error('no history is planned');
  return backfill;
}

/** Waits until nothing of the history is left to be read. */
async function settled(connectionId: string): Promise<BackfillProgress> {
  await waitUntil(async () => (await progressOf(connectionId)).state !== 'running', {
    timeoutMs: 60_000,
    what: 'the history is read',
  });
  await handleOf(backfillConnectionId(connectionId)).result();
  return progressOf(connectionId);
}

const handleOf = (id: string) => world.api.services.temporal.workflow.getHandle(id);

async function monthRow(connectionId: string, month: string) {
  return world.api.services.db
    .selectFrom('backfill_months')
    .select(['status', 'code', 'detail', 'attempts', 'rows'])
    .where('connection_id', '=', connectionId)
    .where('month', '=', `${month}-01`)
    .executeTakeFirstOrThrow();
}

async function storedDays(connectionId: string): Promise<string[]> {
  const rows = await world.api.services.db
    .selectFrom('cost_daily')
    .select('day')
    .where('connection_id', '=', connectionId)
    .orderBy('day')
    .execute();
  return rows.map(({ day }) => day);
}

/** Requests for months of history that AWS has answered or refused, by their first day. */
function watchMonths(): string[] {
  const asked: string[] = [];
  world.fault(({ body }) => {
    if (startOf(body).endsWith('-01')) asked.push(startOf(body));
    return undefined;
  });
  return asked;
}

describe('the first poll of a connection', () => {
  test('has its history read month by month, newest first, each once, and tells how far it is', async () => {
    const connectionId = await world.addConnection();
    expect((await world.connection(connectionId)).backfill).toBeNull();
    const asked = watchMonths();
    const { connection, history } = await world.poll(connectionId);
    expect(connection.health.status).toBe('healthy');
    expect(connection.backfill).toMatchObject({ months: months.length });
    const progress = await settled(connectionId);
    expect(progress).toEqual({
      state: 'done',
      months: months.length,
      done: months.length,
      rows: (await storedDays(connectionId)).filter((day) => day < monthPeriod(months[0]!).to)
        .length,
      waitingFor: null,
      failed: [],
    });
    // Two at a time, so two may change places.
    expect(new Set(asked)).toEqual(new Set(months.map((month) => monthPeriod(month).from)));
    expect(asked).toHaveLength(months.length);
    expect(asked.slice(0, 2).sort()).toEqual([`${months[1]!}-01`, `${months[0]!}-01`]);
    const days = await storedDays(connectionId);
    expect(days[0]).toBe(`${months.at(-1)!}-01`);
    expect(days.at(-1)).toBe(addDays(today, -1));
    expect(days).toHaveLength(new Set(days).size);
    record('polls/0.2.0', history);
    record('backfill/connection', await world.historyOf(backfillConnectionId(connectionId)));
    record('backfill/month', await world.historyOf(backfillMonthId(connectionId, months.at(-1)!)));
    // A second poll reads none of it again.
    const before = asked.length;
    await world.poll(connectionId);
    expect(asked).toHaveLength(before);
  });

  test('reads accounts that have been silent since, and does not ask for those that were silent then', async () => {
    onTestFinished(() => world.accounts(() => [ACCOUNT_ID]));
    const closed = '999988887777';
    const old = months.at(-2)!;
    world.accounts((start) =>
      start === monthPeriod(old).from ? [closed] : start < `${months[4]!}-01` ? [] : [ACCOUNT_ID],
    );
    const connectionId = await world.addConnection();
    const asked = watchMonths();
    await world.poll(connectionId);
    expect(await settled(connectionId)).toMatchObject({ state: 'done', failed: [] });
    const { rows } = await sql<{ account: string; months: string[] }>`
      select sub_account_id as account, array_agg(distinct to_char(day, 'YYYY-MM')) as months
      from cost_daily where connection_id = ${connectionId} group by 1 order by 1`.execute(
      world.api.services.db,
    );
    expect(rows.map(({ account }) => account)).toEqual([ACCOUNT_ID, closed].sort());
    expect(rows.find(({ account }) => account === closed)?.months).toEqual([old]);
    expect(asked.filter((start) => start < `${months[4]!}-01`)).toEqual([monthPeriod(old).from]);
  });

  test('shows in the Web UI what is read, under the connection', async () => {
    const connectionId = await world.addConnection();
    await world.poll(connectionId);
    await settled(connectionId);
    const { typedSearchAttributes } = await handleOf(backfillConnectionId(connectionId)).describe();
    const shown = [CG_CONNECTION, CG_PROVIDER, CG_STATUS].map((key) =>
      typedSearchAttributes.get(key),
    );
    expect(shown).toEqual([connectionId, 'aws', 'done']);
    const metadata = await handleOf(backfillConnectionId(connectionId)).query<{
      currentDetails: string;
    }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails.split('\n')).toHaveLength(months.length);
    expect(metadata.currentDetails).toContain(`- ${months[0]!}: `);
  });

  test('of a connection of the demo has no history read', async () => {
    const connectionId = await world.addConnection();
    await world.api.services.db
      .updateTable('connections')
      .set({ demo: true })
      .where('id', '=', connectionId)
      .execute();
    expect((await world.poll(connectionId)).connection.backfill).toBeNull();
  });
});

describe('a reading of history that breaks off goes on where it was', () => {
  /** Begins a history of which AWS leaves one month without an answer. */
  async function beginHanging(hanging: string) {
    const connectionId = await world.addConnection();
    let isHanging = true;
    let abandoned: Promise<void> = Promise.resolve();
    world.fault((call) => {
      if (!isHanging || !isMonth(hanging)(call)) return undefined;
      ({ abandoned } = call);
      return { hang: true };
    });
    await world.poll(connectionId);
    // The other lane goes on, so all but the hanging one get done.
    await waitUntil(async () => (await progressOf(connectionId)).done === months.length - 1, {
      timeoutMs: 60_000,
      what: 'the other months are read',
    });
    const asked: string[] = [];
    return {
      connectionId,
      /** Whoever waited for the answer has given it up. */
      abandoned: () => abandoned,
      /** Answers again, and tells which months are asked for from now on. */
      mend: () => {
        isHanging = false;
        world.fault(({ body }) => {
          if (startOf(body).endsWith('-01')) asked.push(startOf(body));
          return undefined;
        });
        world.proxy.cutHanging();
        return asked;
      },
    };
  }

  test.each(['terminate', 'cancel'] as const)('after %s of its workflow', async (how) => {
    const hanging = months[3]!;
    const { connectionId, abandoned, mend } = await beginHanging(hanging);
    await handleOf(backfillConnectionId(connectionId))[how]();
    await abandoned();
    expect(await progressOf(connectionId)).toMatchObject({ state: 'running', failed: [] });
    const asked = mend();
    await world.poll(connectionId);
    expect(await settled(connectionId)).toMatchObject({ state: 'done', done: months.length });
    expect(new Set(asked)).toEqual(new Set([monthPeriod(hanging).from]));
  });

  test('with another worker, in the same workflow', async () => {
    const hanging = months[3]!;
    const { connectionId, mend } = await beginHanging(hanging);
    const restarted = world.restartWorker();
    mend();
    await restarted;
    expect(await settled(connectionId)).toMatchObject({ state: 'done', done: months.length });
  });
});

describe('a month that cannot be read', () => {
  test('leaves the others alone, says why, and is read when a person asks', async () => {
    const connectionId = await world.addConnection();
    const bad = months[2]!;
    const refused = { __type: 'SomethingNewException', message: 'no' };
    world.fault((call) => (isMonth(bad)(call) ? { status: 400, json: refused } : undefined));
    await world.poll(connectionId);
    const progress = await settled(connectionId);
    expect(progress).toMatchObject({ state: 'failed', done: months.length - 1 });
    expect(progress.failed).toMatchObject([{ month: bad, code: 'provider_answer_invalid' }]);
    expect(progress.failed[0]?.detail).toContain('AWS answered with an error');
    // A poll of the same day leaves it alone.
    await world.poll(connectionId);
    expect((await monthRow(connectionId, bad)).attempts).toBe(1);
    const asked = watchMonths();
    await askForMonths(world.api.services.db, { connectionId, months: [bad] });
    const input = { connectionId, provider: 'aws' };
    await world.api.services.temporal.workflow.signalWithStart(
      BACKFILL_WORKFLOW_TYPE,
      backfillStartOptions(input, world.taskQueue),
    );
    expect(await settled(connectionId)).toMatchObject({ state: 'done', done: months.length });
    expect(asked).toEqual([monthPeriod(bad).from]);
  });

  test('of a provider that keeps no costs of so long ago is empty, and no failure', async () => {
    const connectionId = await world.addConnection();
    await world.poll(connectionId);
    await settled(connectionId);
    const old = addDays(`${months.at(-1)!}-01`, -40).slice(0, 7);
    await world.api.services.db
      .insertInto('backfill_months')
      .values({ connection_id: connectionId, month: `${old}-01` })
      .execute();
    await world.poll(connectionId);
    expect(await settled(connectionId)).toMatchObject({ state: 'done', months: months.length + 1 });
    const row = await monthRow(connectionId, old);
    expect(row).toMatchObject({ status: 'empty', code: 'invalid_request' });
    expect(row.detail).toContain('keeps costs for 13 months');
  });

  test('because the provider throttles waits as long as it says', async () => {
    const connectionId = await world.addConnection();
    const slow = months[1]!;
    let left = 2;
    world.fault((call) => {
      if (!isMonth(slow)(call) || left === 0) return undefined;
      left -= 1;
      return {
        status: 400,
        headers: { 'x-amzn-errortype': 'ThrottlingException', 'retry-after': '2' },
        json: { __type: 'ThrottlingException', message: 'slow down' },
      };
    });
    await world.poll(connectionId);
    expect(await settled(connectionId)).toMatchObject({ state: 'done' });
    const history = await world.historyOf(backfillMonthId(connectionId, slow));
    expect(lastAttempt(history, 'fetchMonth')).toMatchObject({
      attempt: 2,
      failure: { code: 'provider_throttled', delayMs: 2_000 },
    });
    expect(await monthRow(connectionId, slow)).toMatchObject({ attempts: 2, code: null });
  });

  test('because the day’s paid requests are used up waits for the next day’s, and says so', async () => {
    const connectionId = await world.addConnection();
    // Each month of this account takes four pages, and a connection has 40 requests a day.
    world.fault(({ body }) => {
      const page = Number((body['NextPageToken'] as string | undefined) ?? '1');
      if (!startOf(body).endsWith('-01') || page === 4) return undefined;
      const { Start, End } = body['TimePeriod'] as { Start: string; End: string };
      return { json: { ...emptyDays(Start, End), NextPageToken: String(page + 1) } };
    });
    await world.poll(connectionId);
    await waitUntil(async () => (await progressOf(connectionId)).waitingFor !== null, {
      timeoutMs: 60_000,
      what: 'the history waits',
    });
    const { state, waitingFor, failed } = await progressOf(connectionId);
    expect({ state, failed }).toEqual({ state: 'running', failed: [] });
    expect(waitingFor).toContain('The budget starts anew at');
    const { raw } = await handleOf(
      backfillMonthId(connectionId, await waitingMonth(connectionId)),
    ).describe();
    const [pending] = raw.pendingActivities ?? [];
    expect(pending?.lastFailure?.applicationFailureInfo?.type).toBe('call_budget_exhausted');
    const next = Number(pending?.scheduledTime?.seconds ?? 0) * 1000;
    const midnight = Date.parse(addDays(today, 1));
    expect(Math.abs(next - midnight)).toBeLessThan(120_000);
  });
});

test('old days that come with the history are no news: nothing is found anew', async () => {
  const connectionId = await world.addConnection();
  const spikeOn = addDays(today, -10);
  const oldSpike = addDays(today, -200);
  world.meters.length = 0;
  world.meters.push({
    ...flatMeter('BoxUsage:m5.large', '9.216'),
    costOn: (day) => {
      if (day === spikeOn || day === oldSpike) return '95.5';
      return [0, 6].includes(new Date(day).getUTCDay()) ? '8.91' : '9.216';
    },
  });
  const found = async () =>
    world.api.services.db
      .selectFrom('anomalies')
      .select(['started_on', 'last_seen_on'])
      .where('connection_id', '=', connectionId)
      .execute();
  await world.poll(connectionId);
  expect(await found()).toEqual([{ started_on: spikeOn, last_seen_on: spikeOn }]);
  await settled(connectionId);
  expect(await storedDays(connectionId)).toContain(oldSpike);
  await world.poll(connectionId);
  expect(await found()).toEqual([{ started_on: spikeOn, last_seen_on: spikeOn }]);
});

async function waitingMonth(connectionId: string): Promise<string> {
  const { month } = await world.api.services.db
    .selectFrom('backfill_months')
    .select('month')
    .where('connection_id', '=', connectionId)
    .where('code', '=', 'call_budget_exhausted')
    .limit(1)
    .executeTakeFirstOrThrow();
  return month.slice(0, 7);
}

function emptyDays(from: string, to: string) {
  const days = [];
  for (let day = from; day < to; day = addDays(day, 1))
    days.push({ TimePeriod: { Start: day, End: addDays(day, 1) }, Total: {}, Groups: [] });
  return { ResultsByTime: days, DimensionValueAttributes: [] };
}

/** Writes a history for `tests/system/pollHistories.test.ts` to replay, where one is to be recorded. */
function record(name: string, history: Parameters<typeof historyToJson>[0]): void {
  if (process.env['RECORD_HISTORIES'] === undefined) return;
  const file = join(projectRoot, 'tests', 'histories', `${name}.json`);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `${historyToJson(history)}\n`);
  onTestFinished(() => expect(existsSync(file)).toBe(true));
}

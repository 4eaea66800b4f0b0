import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { parseEnv } from '../core/config/env.ts';
import type { CostRecord } from '../core/focus/costRecord.ts';
import { regionFromAwsUsageType } from '../core/focus/regionFromAwsUsageType.ts';
import { addDays, utcDay } from '../core/time/day.ts';
import { connect, type Connected } from '../db/connect.ts';
import { insertConnection } from '../db/queries/connections/insertConnection.ts';
import { replaceCosts } from '../db/queries/costs/replaceCosts.ts';
import { DETECTIVE_TASK_QUEUE, DETECTIVE_WORKFLOW_TYPE } from '../workflows/detectiveSchedule.ts';
import { dataConverterOf } from '../workers/dataConverterOf.ts';
import { type BenchParts, startParts } from './pollMany/startParts.ts';
import {
  COST_OF_METER,
  meterOf,
  SERVICES,
  type SlowAccount,
  startSlowAccount,
} from './pollMany/slowAccount.ts';

// How long a poll of many connections takes beside what the provider itself takes for the slowest of them. Everything is
// real: Temporal, Postgres, the API, the detective worker and the aws-cost server as processes of their own; the account is
// moto's, behind a proxy in which each answer takes its time. A poll reads, stores, judges, and looks at the budgets.
const CONNECTIONS = Number(process.argv[2] ?? 50);
const DELAY_MS = Number(process.argv[3] ?? 1_500);
const PAGES_MAX = 14;
const HISTORY_DAYS = 60;
const LIMIT = 1.3;

/** What all charges have alike. */
const NOT_TOLD = {
  providerName: 'AWS',
  subAccountId: '123456789012',
  chargeCategory: 'Usage',
  billedCost: COST_OF_METER,
  billingCurrency: 'USD',
  ...{ billingAccountId: null, subAccountName: null, serviceCategory: null, skuId: null },
  ...{ resourceId: null, resourceName: null, resourceType: null, pricingCategory: null },
  ...{ consumedQuantity: null, consumedUnit: null, effectiveCost: null, listCost: null },
  ...{ contractedCost: null, tags: {}, xEstimated: false },
};

const today = utcDay(new Date());
const line = (text: string) => process.stdout.write(`${text}\n`);
/** The first day that a connection's poll asks for is its own, so that the proxy can tell them apart. */
const startOf = (index: number) => addDays(today, -4 - index);
const pages = new Map<string, number>();
for (let i = 0; i < CONNECTIONS; i += 1) pages.set(startOf(i), 1 + (i % PAGES_MAX));

const parts = await startParts();
let account: SlowAccount | undefined;
try {
  account = await startSlowAccount({
    motoUrl: await parts.startMoto(),
    delayMs: DELAY_MS,
    pagesOf: (start) => pages.get(start) ?? 1,
  });
  const env = await parts.startProduct(['aws-cost', 'api', 'detective'], {
    AWS_ENDPOINT_URL: account.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    BACKFILL_MONTHS: '0',
  });
  const wallMs = await pollAll(parts, dataConverterOf(parseEnv(env)));
  report(wallMs, account);
} finally {
  await account?.close();
  await parts.stop();
}

function report(wallMs: number, { slowestChainMs, inFlightMax, requests }: SlowAccount): void {
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  const ratio = wallMs / slowestChainMs();
  line(
    `${CONNECTIONS} polls, ${requests()} answers of the provider of ${seconds(DELAY_MS)} s and more: all done after ${seconds(wallMs)} s`,
  );
  line(`slowest chain of the provider's own answers: ${seconds(slowestChainMs())} s`);
  line(`in flight at the provider at most: ${inFlightMax()}`);
  line(`ratio ${ratio.toFixed(2)}, limit ${LIMIT}: ${ratio <= LIMIT ? 'met' : 'NOT met'}`);
}

/** Milliseconds from the first poll's start to the last one's end. */
async function pollAll(
  { databaseUrl, temporalAddress, linesOf }: BenchParts,
  dataConverter: DataConverter,
): Promise<number> {
  const connected = connect(databaseUrl, { applicationName: 'bench' });
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const ids: string[] = [];
    for (let i = 0; i < CONNECTIONS; i += 1) ids.push(await addConnection(connected, i));
    process.stderr.write('Connections are there; polling\n');
    const client = new Client({ connection, namespace: 'costguard', dataConverter });
    const started = performance.now();
    const polls = await Promise.all(
      ids.map((connectionId) =>
        client.workflow.start(DETECTIVE_WORKFLOW_TYPE, {
          taskQueue: DETECTIVE_TASK_QUEUE,
          workflowId: `detective-${connectionId}`,
          args: [{ connectionId, provider: 'aws' }],
        }),
      ),
    );
    // All are waited for: a call that is left would outlive the connection.
    await Promise.allSettled(polls.map((poll) => poll.result()));
    const wallMs = performance.now() - started;
    await assertHealthy(connected, linesOf('detective'));
    return wallMs;
  } finally {
    await connection.close();
    await connected.close();
  }
}

/** A connection with three months of history, whose newest day is one of its own. Without a schedule: the bench polls. */
async function addConnection({ db, pool }: Connected, index: number): Promise<string> {
  const { id } = await insertConnection(db, {
    provider: 'aws',
    name: `connection ${index}`,
    mode: 'read_only',
    pollIntervalMinutes: 360,
  });
  const from = addDays(today, -HISTORY_DAYS);
  const days = Array.from({ length: HISTORY_DAYS - 3 }, (_, i) => addDays(from, i));
  await replaceCosts(pool, {
    connectionId: id,
    provider: 'aws',
    from,
    to: today,
    rows: days.flatMap((day) => chargesOf(day, pages.get(startOf(index)) ?? 1)),
    seenAt: new Date(),
  });
  await db
    .updateTable('connections')
    .set({ enabled: false, restated_on: today, data_until: addDays(startOf(index), 2) })
    .where('id', '=', id)
    .execute();
  return id;
}

/** What a day has cost, as the account goes on to tell it. */
function chargesOf(day: string, pageCount: number): CostRecord[] {
  return Array.from({ length: pageCount * SERVICES }, (_, i) => {
    const [serviceName, skuMeter] = [
      `Service ${i % SERVICES}`,
      meterOf(1 + Math.floor(i / SERVICES)),
    ];
    return {
      ...NOT_TOLD,
      chargePeriodStart: `${day}T00:00:00Z`,
      chargePeriodEnd: `${addDays(day, 1)}T00:00:00Z`,
      serviceName,
      skuMeter,
      regionId: regionFromAwsUsageType(serviceName, skuMeter),
    };
  });
}

async function assertHealthy({ db }: Connected, lines: readonly string[]): Promise<void> {
  const rows = await db
    .selectFrom('connections')
    .select(['name', 'health_detail'])
    .where('health_status', '<>', 'healthy')
    .execute();
  if (rows.length === 0) return;
  throw new Error(
    `Not all polls went well: ${JSON.stringify(rows)}\n${lines.slice(-5).join('\n')}`,
  );
}

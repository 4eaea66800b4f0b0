import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProviderClients } from '../../activities/actions/adapters.ts';
import { createAzure } from '../../activities/actions/azureVm/createAzure.ts';
import { createEc2For } from '../../activities/actions/ec2/createEc2For.ts';
import { createGce } from '../../activities/actions/gce/createGce.ts';
import { SECRETS } from '../mcp/azure/azureProxy.ts';
import { ACCESS_TOKEN } from '../mcp/gcp/googleStub.ts';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { type ActionDesk, openDesk } from './actionDesk.ts';
import { startActionWorker, type TestWorker } from './actionWorker.ts';
import { type AwsAccount, openAwsAccount } from './awsAccount.ts';
import { type AzureAccount, openAzureAccount } from './azureAccount.ts';
import {
  CLOUD_KINDS,
  type CloudKind,
  cloudTable,
  type CloudUnderTest,
} from './clouds/cloudTable.ts';
import { type GceAccount, openGceAccount } from './gceAccount.ts';

let database: TestDatabase;
let temporal: Awaited<ReturnType<typeof testTemporal>>;
let desk: ActionDesk;
let worker: TestWorker;
let aws: AwsAccount;
let gce: GceAccount;
let azure: AzureAccount;
// A connection for each case, so that its calls are told from those of the cases beside it.
const clients = new Map<string, Partial<ProviderClients>>();
const closing: (() => void)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = await testTemporal();
  [aws, gce, azure] = [await openAwsAccount(), await openGceAccount(), await openAzureAccount()];
  Object.assign(process.env, aws.env);
  const { address, namespace, connection } = temporal;
  const taskQueue = `actions-${randomBytes(4).toString('hex')}`;
  const at = { databaseUrl: database.url, namespace, taskQueue };
  desk = await openDesk({ ...at, temporal: connection });
  worker = await startActionWorker({ ...at, address, clientsOf: (id) => clients.get(id) });
});
afterAll(async () => {
  await worker.stop();
  for (const close of closing) close();
  await desk.close();
  await aws.close();
  await gce.close();
  await azure.close();
  await temporal.close();
  await database.drop();
});

const CLOUDS = cloudTable({ aws: () => aws, gce: () => gce, azure: () => azure });

/** What goes wrong with a call. Those that pass come twice: a read is repeated once before anybody notices. */
const FAULTS = {
  throttled: {
    aws: { error: 'RequestLimitExceeded', status: 503 },
    gcp: { error: 'rateLimitExceeded', status: 429 },
    azure: { error: 'TooManyRequests', status: 429 },
  },
  'without an answer': { aws: 'loseReply', gcp: 'loseReply', azure: 'loseReply' },
  forbidden: {
    aws: { error: 'UnauthorizedOperation', status: 403 },
    gcp: { error: 'forbidden', status: 403 },
    azure: { error: 'AuthorizationFailed', status: 403 },
  },
  refused: {
    aws: { error: 'SomethingElse', status: 400 },
    gcp: { error: 'invalid', status: 400 },
    azure: { error: 'BadRequest', status: 400 },
  },
} as const;
type FaultName = keyof typeof FAULTS;
const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
const PASSING: readonly FaultName[] = ['throttled', 'without an answer'];

/** Makes a connection whose calls can be told from all others; `caller` is what they are told by. */
async function openConnection(provider: CloudUnderTest['provider']) {
  const connectionId = await desk.addConnection(provider);
  const caller = `C${randomBytes(6).toString('hex')}`;
  const fetching =
    (send: typeof fetch): typeof fetch =>
    (url, init = {}) =>
      send(url, { ...init, headers: { ...(init.headers as object), 'x-caller': caller } });
  if (provider === 'aws') {
    const keys = { accessKeyId: caller, secretAccessKey: 'secret' };
    const { ec2For, close } = createEc2For({ credentials: () => Promise.resolve(keys) });
    closing.push(close);
    clients.set(connectionId, { ec2For });
  } else if (provider === 'gcp') {
    const token = () => Promise.resolve(ACCESS_TOKEN);
    clients.set(connectionId, {
      gce: createGce({ endpoint: gce.url, token, fetch: fetching(fetch) }),
    });
  } else {
    const token = () => Promise.resolve(SECRETS.token);
    clients.set(connectionId, {
      azureVm: createAzure({ endpoint: azure.url, token, fetch: fetching(azure.fetch) }),
    });
  }
  return { connectionId, caller };
}

/** The names of a caller's calls, in order. */
function callsOf(provider: CloudUnderTest['provider'], caller: string): string[] {
  if (provider === 'aws') {
    return aws.proxy.calls
      .filter((call) => call.caller === caller)
      .map(({ action, dryRun }) => (dryRun ? `DryRun:${action}` : action));
  }
  const { faults } = provider === 'gcp' ? gce : azure;
  return faults.calls
    .filter(({ request }) => request.headers['x-caller'] === caller)
    .map(({ name }) => name);
}

/** Puts a fault on the caller's call number `nth` from now, and says afterwards which it met. */
function failNth(cloud: CloudUnderTest, caller: string, fault: FaultName, nth: number) {
  const options = { caller, skip: nth - 1, times: PASSING.includes(fault) ? 2 : 1 };
  const met: { call: string | undefined } = { call: undefined };
  const { provider } = cloud;
  if (provider === 'aws') {
    const caught = aws.proxy.on('*', FAULTS[fault].aws, options);
    void caught.then(({ action, dryRun }) => (met.call = dryRun ? `DryRun:${action}` : action));
  } else {
    const { faults } = provider === 'gcp' ? gce : azure;
    void faults.on('*', FAULTS[fault][provider], options).then(({ name }) => (met.call = name));
  }
  return met;
}

interface Run {
  kind: CloudKind;
  caller: string;
  id: string;
  resourceId: string;
}

const ENDS = ['succeeded', 'failed', 'rolled_back', 'rollback_failed'] as const;

async function propose(cloud: CloudUnderTest, kind: CloudKind, nth?: [FaultName, number]) {
  const { connectionId, caller } = await openConnection(cloud.provider);
  const resourceId = await cloud.make(kind);
  const met = nth && failNth(cloud, caller, ...nth);
  const id = await desk.proposeAny(cloud.create(kind, connectionId, resourceId));
  return { run: { kind, caller, id, resourceId }, met };
}

/** Approves what could be planned, and waits for its end. */
async function approve({ id }: Run) {
  if ((await desk.untilPlanned(id)).status === 'proposed') await desk.send(id, 'approve');
  return desk.until(id, ...ENDS);
}

/** The calls of an action that meets no error, forth and back, and which of them took effect. */
async function observe(cloud: CloudUnderTest, kind: CloudKind) {
  const { run } = await propose(cloud, kind);
  expect((await approve(run)).status).toBe('succeeded');
  const forth = callsOf(cloud.provider, run.caller);
  await desk.decide(run.id, 'rollback');
  expect((await desk.until(run.id, ...ENDS.slice(1))).status).toBe('rolled_back');
  const back = callsOf(cloud.provider, run.caller).slice(forth.length);
  return { kind, forth, back, effects: cloud.mutations(run.resourceId, true) };
}
type Observed = Awaited<ReturnType<typeof observe>>;

/** What is left of an action that met an error: its end, and whether all is as it was or as it was to be. */
async function examine(cloud: CloudUnderTest, { kind, id, resourceId }: Run, status: string) {
  const seen = await cloud.look(kind, resourceId);
  const { failure } = await desk.until(id, ...ENDS);
  const effects = cloud.mutations(resourceId, true);
  return { status, seen, effects, code: failure?.code ?? 'none' };
}

async function failForth(cloud: CloudUnderTest, ref: Observed, fault: FaultName, nth: number) {
  const { run, met } = await propose(cloud, ref.kind, [fault, nth]);
  const { status } = await approve(run);
  return { met: met?.call, ...(await examine(cloud, run, status)) };
}

/** The same on the way back. Where that needs a person, one asks for another try. */
async function failBack(cloud: CloudUnderTest, ref: Observed, fault: FaultName, nth: number) {
  const { run } = await propose(cloud, ref.kind);
  expect((await approve(run)).status).toBe('succeeded');
  const met = failNth(cloud, run.caller, fault, nth);
  await desk.decide(run.id, 'rollback');
  const { status } = await desk.until(run.id, ...ENDS.slice(1));
  if (status === 'rollback_failed') {
    await desk.decide(run.id, 'retryRollback');
    await desk.until(run.id, 'rolled_back');
  }
  return { met: met.call, ...(await examine(cloud, run, status)) };
}

type Direction = 'forth' | 'back';
interface Case {
  ref: Observed;
  direction: Direction;
  nth: number;
  fault: FaultName;
}
type Outcome = Case & Awaited<ReturnType<typeof failForth>>;

// A call that changes something meets each error, each time that it is made. Of the reads, of which there are many more, each
// meets one error where it is made first, by turns: nothing depends on how often it was asked before.
function listCases(ref: Observed): Case[] {
  return (['forth', 'back'] as const).flatMap((direction) =>
    ref[direction].flatMap((call, index, calls) => {
      const faults = ref.effects.includes(call)
        ? FAULT_NAMES
        : FAULT_NAMES.filter((_, i) => calls.indexOf(call) === index && i === index % 4);
      return faults.map((fault) => ({ ref, direction, nth: index + 1, fault }));
    }),
  );
}

async function runAll(cloud: CloudUnderTest, cases: readonly Case[]): Promise<Outcome[]> {
  const left = [...cases];
  const outcomes: Outcome[] = [];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { ref, direction, fault, nth } = next;
      const fail = direction === 'forth' ? failForth : failBack;
      outcomes.push({ ...next, ...(await fail(cloud, ref, fault, nth)) });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return outcomes;
}

/** What is wrong with an outcome; undefined when nothing is. */
function objectTo(cloud: CloudUnderTest, outcome: Outcome): string | undefined {
  const { ref, direction, fault, status, seen, effects } = outcome;
  const passes = PASSING.includes(fault);
  const { before, after, calls } = cloud;
  const isDone = status === 'succeeded';
  if (seen !== (isDone ? after : before)[ref.kind]) return `${status}, but ${seen}`;
  if (direction === 'back') {
    if (passes && status !== 'rolled_back') return status;
    return String(effects) === String(ref.effects) ? undefined : `took effect: ${effects.join()}`;
  }
  if (passes && !isDone) return status;
  if (outcome.code === 'unexpected') return outcome.code;
  if (isDone && String(effects) !== String(calls[ref.kind])) return `effects: ${effects.join()}`;
  return status === 'failed' && effects.length > 0 ? `failed after ${effects.join()}` : undefined;
}

describe('the fault matrix', () => {
  it.each(CLOUDS)(
    'at $provider, an error of each call in turn ends in success or in what was before',
    { timeout: 600_000 },
    async (cloud) => {
      const refs = [];
      for (const kind of CLOUD_KINDS) refs.push(await observe(cloud, kind));
      const outcomes = await runAll(cloud, refs.flatMap(listCases));
      const rows = outcomes.map((one) => {
        const about = `${one.ref.kind} ${one.direction}, call ${one.nth} ${String(one.met)} ${one.fault}`;
        return { one, about, objection: objectTo(cloud, one) };
      });
      console.log(
        `${cloud.provider}: ${rows.length} errors, ${String(rows.filter(({ objection }) => objection).length)} harmed`,
      );
      expect(
        rows.flatMap(({ about, objection }) => (objection ? [`${about}: ${objection}`] : [])),
      ).toEqual([]);
    },
  );
});

import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createDataConverter } from '../../db/payloads/createDataConverter.ts';
import { createPayloadCodec } from '../../db/payloads/payloadCodec.ts';
import { formatPayloadKeys } from '../../db/payloads/payloadKeys.ts';
import {
  ACTION_WORKFLOW_TYPE,
  actionStartOptions,
  actionWorkflowId,
} from '../../workflows/messages.ts';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';
import { decryptHistory } from '../servers/decryptHistory.ts';
import { rawHistory } from '../servers/rawHistory.ts';
import { testPayloadKeys } from '../servers/testPayloads.ts';
import { testTemporal, type TestTemporal } from '../servers/testTemporal.ts';
import { type ActionDesk, openDesk, poll } from './actionDesk.ts';
import { startActionWorker } from './actionWorker.ts';
import { type AwsAccount, openAwsAccount } from './awsAccount.ts';

let aws: AwsAccount;
let database: TestDatabase;
let temporal: TestTemporal;
const desks: ActionDesk[] = [];
let taskQueue: string;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = await testTemporal();
  aws = await openAwsAccount();
  Object.assign(process.env, aws.env);
});
// A worker of one test would meet the payloads of another.
beforeEach(() => {
  taskQueue = `actions-${randomBytes(4).toString('hex')}`;
});
afterAll(async () => {
  for (const desk of desks) await desk.close();
  await aws.close();
  await temporal.close();
  await database.drop();
});

const place = () => ({ databaseUrl: database.url, namespace: temporal.namespace, taskQueue });
async function deskWith(...keys: string[]): Promise<ActionDesk> {
  const dataConverter = createDataConverter(createPayloadCodec(testPayloadKeys(...keys)));
  const desk = await openDesk({ ...place(), temporal: temporal.connection, dataConverter });
  desks.push(desk);
  return desk;
}
const workerWith = (...keys: string[]) =>
  startActionWorker({
    ...place(),
    address: temporal.address,
    rollbackWindowMs: 0,
    payloadEnv: { COSTGUARD_PAYLOAD_KEYS: formatPayloadKeys(testPayloadKeys(...keys)) },
  });

it('Temporal knows no plain text of an action: no resource, name, reason, summary or failure', async () => {
  const desk = await deskWith('test');
  const worker = await workerWith('test');
  const instance = await aws.launch('m5.xlarge');
  const action = await desk.propose(instance);
  const { planHash } = await desk.untilPlanned(action);
  // Refused, since one cannot approve what one proposed; then approved, and refused by what changed meanwhile.
  const reason = 'the checkout of the Vienna shop';
  await desk.decide(action, 'approve', { by: desk.people.proposer, reason });
  await aws.changeType(instance, 'm5.4xlarge');
  await desk.decide(action, 'approve', { reason });
  const { failure } = await desk.until(action, 'failed');
  await desk
    .handle(action)
    .result()
    .catch(() => undefined);

  const words = [
    instance,
    'anna',
    desk.people.approver.id,
    reason,
    planHash ?? '',
    failure?.detail ?? '',
    'Read the resource',
    `Resize ${instance}`,
    'The proposal expires',
  ];
  const { text: readable } = await desk.historyText(action, /./);
  const raw = await rawHistory(desk.client, actionWorkflowId(action));
  for (const word of words) {
    expect(word).not.toBe('');
    expect(readable).toContain(word);
    expect(raw).not.toContain(word);
  }
  // A stack would tell of paths and versions.
  expect(raw).not.toMatch(/\.ts:\d|\.js:\d/);
  for (const plain of [actionWorkflowId(action), desk.connectionId, 'resource_changed', 'failed'])
    expect(raw).toContain(plain);
  await worker.stop();
});

it('a key is replaced while a proposal waits: what the old one wrote is read, the new one writes', async () => {
  const before = await deskWith('k1');
  const old = await workerWith('k1');
  const action = await before.propose(await aws.launch('m5.xlarge'));
  await before.untilPlanned(action);
  await old.stop();
  // The first start with the new key only learns it; the second writes with it.
  const learning = await workerWith('k1', 'k2');
  await learning.stop();
  const worker = await workerWith('k2', 'k1');
  const after = await deskWith('k2', 'k1');
  const { outcome } = await after.decide(action, 'approve', { by: before.people.approver });
  expect(outcome).toBe('accepted');
  await after.until(action, 'succeeded');
  expect(await after.handle(action).result()).toBe('succeeded');
  const raw = await rawHistory(after.client, actionWorkflowId(action));
  expect(raw.match(/\nk1\n/g)?.length).toBeGreaterThan(0);
  expect(raw.match(/\nk2\n/g)?.length).toBeGreaterThan(0);
  await worker.stop();
});

it('a worker without the key says which one it needs, breaks nothing, and the next one goes on', async () => {
  const desk = await deskWith('k1');
  const wrong = await startActionWorker({
    ...place(),
    address: temporal.address,
    payloadEnv: { COSTGUARD_PAYLOAD_KEYS: formatPayloadKeys(testPayloadKeys('k3')) },
  });
  const action = await desk.propose(await aws.launch('m5.xlarge'));
  const events = await poll(
    async () => (await desk.handle(action).fetchHistory()).events ?? [],
    (found) => found.some((event) => event.workflowTaskFailedEventAttributes),
  );
  const failed = events.filter((event) => event.workflowTaskFailedEventAttributes);
  const said = await decryptHistory(failed, createPayloadCodec(testPayloadKeys('k3')));
  expect(JSON.stringify(said)).toMatch(
    /encrypted with the key k1, which this process does not have/,
  );
  await wrong.stop();
  const right = await workerWith('k1');
  await desk.untilPlanned(action);
  await desk.decide(action, 'reject');
  expect(await desk.handle(action).result()).toBe('rejected');
  await right.stop();
});

it('an action of a release without encryption goes on', async () => {
  const desk = await deskWith('test');
  const plain = new Client({ connection: temporal.connection, namespace: temporal.namespace });
  const instance = await aws.launch('m5.xlarge');
  const stored = await desk.insert(instance, 'm5.large', 600_000);
  await plain.workflow.start(ACTION_WORKFLOW_TYPE, { ...actionStartOptions(stored), taskQueue });
  const approval = {
    decisionId: randomUUID(),
    decidedById: desk.people.admin.id,
    decidedByName: desk.people.admin.name,
  };
  await plain.workflow.getHandle(actionWorkflowId(stored.id)).signal('reject', approval);
  expect(await rawHistory(plain, actionWorkflowId(stored.id))).toContain(approval.decisionId);
  const worker = await workerWith('test');
  expect(await desk.handle(stored.id).result()).toBe('rejected');
  await worker.stop();
});

it('a worker without any key does not start', async () => {
  await expect(
    startActionWorker({ ...place(), address: temporal.address, payloadEnv: {} }),
  ).rejects.toThrow(/COSTGUARD_PAYLOAD_KEYS: a worker needs the keys/);
});

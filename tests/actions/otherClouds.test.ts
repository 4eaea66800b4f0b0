import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ActionCreate } from '../../core/contracts/action.ts';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { type ActionDesk, openDesk } from './actionDesk.ts';
import { startActionWorker, type TestWorker } from './actionWorker.ts';
import { type AzureAccount, openAzureAccount } from './azureAccount.ts';
import type { CloudAccount } from './clouds/cloudAccount.ts';
import { type GceAccount, openGceAccount } from './gceAccount.ts';

let database: TestDatabase;
let temporal: Awaited<ReturnType<typeof testTemporal>>;
let desk: ActionDesk;
let worker: TestWorker;
let gce: GceAccount;
let azure: AzureAccount;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = await testTemporal();
  [gce, azure] = [await openGceAccount(), await openAzureAccount()];
  const { address, namespace, connection } = temporal;
  const taskQueue = `actions-${randomBytes(4).toString('hex')}`;
  const at = { databaseUrl: database.url, namespace, taskQueue };
  desk = await openDesk({ ...at, temporal: connection });
  const clients = { gce: gce.gce, azureVm: azure.azureVm };
  worker = await startActionWorker({ ...at, address, clients });
});
afterEach(() => {
  gce.clear();
  azure.clear();
});
afterAll(async () => {
  expect([...gce.mistakes, ...azure.mistakes]).toEqual([]);
  await worker.stop();
  await desk.close();
  await gce.close();
  await azure.close();
  await temporal.close();
  await database.drop();
});

/** A cloud with the words that its account has for things. */
const CLOUDS = [
  {
    provider: 'gcp',
    open: (): CloudAccount => gce,
    calls: ['instances.stop', 'instances.setMachineType', 'instances.start'],
    running: 'RUNNING',
    stopped: 'TERMINATED',
    noCapacity: 'ZONE_RESOURCE_POOL_EXHAUSTED',
    permission: 'compute.instances.start',
    deletion: ['disks.createSnapshot', 'disks.delete', 'disks.insert'],
  },
  {
    provider: 'azure',
    open: (): CloudAccount => azure,
    calls: ['virtualMachines.deallocate', 'virtualMachines.update', 'virtualMachines.start'],
    running: 'running',
    stopped: 'deallocated',
    noCapacity: 'AllocationFailed',
    permission: 'Microsoft.Compute/virtualMachines/start/action',
    deletion: ['snapshots.createOrUpdate', 'disks.delete', 'disks.createOrUpdate'],
  },
] as const;

describe.each(CLOUDS)('an action at $provider', (cloud) => {
  const [stop = '', setType = '', start = ''] = cloud.calls;
  const propose = async (resourceId: string, kind: ActionCreate['kind']) => {
    const account = cloud.open();
    const connectionId = await desk.addConnection(cloud.provider);
    const of = { connectionId, resourceId, region: account.region };
    const target = { instanceType: account.types[1] };
    return desk.proposeAny(kind === 'resize_instance' ? { ...of, kind, target } : { ...of, kind });
  };

  it('resizes a machine and takes it back', async () => {
    const account = cloud.open();
    const [large, small] = account.types;
    const id = account.launch(large);
    const action = await propose(id, 'resize_instance');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(account.look(id)).toBe(`${small} ${cloud.running}`);
    expect(account.faults.mutations(id, true)).toEqual(cloud.calls);
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(account.look(id)).toBe(`${large} ${cloud.running}`);
    expect(account.faults.mutations(id, true)).toEqual([...cloud.calls, ...cloud.calls]);
  });

  it('without capacity for the new type brings the old one back', async () => {
    const account = cloud.open();
    const id = account.launch(account.types[0]);
    void account.faults.on(start, { fails: cloud.noCapacity }, { resource: id });
    const action = await propose(id, 'resize_instance');
    await desk.decide(action, 'approve');
    await desk.until(action, 'rolled_back');
    expect(account.look(id)).toBe(`${account.types[0]} ${cloud.running}`);
    expect(account.faults.mutations(id, true)).toEqual([stop, setType, setType, start]);
  });

  it('whose stop loses its reply is stopped once', async () => {
    const account = cloud.open();
    const id = account.launch(account.types[0]);
    void account.faults.on(stop, 'loseReply', { resource: id });
    const action = await propose(id, 'resize_instance');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(account.faults.mutations(id, true)).toEqual(cloud.calls);
  });

  it('without a permission names it and changes nothing', async () => {
    const account = cloud.open();
    const id = account.launch(account.types[0]);
    account.deny(cloud.permission);
    const action = await propose(id, 'resize_instance');
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'failed');
    expect(failure?.code).toBe('permission_missing');
    expect(failure?.detail).toContain(cloud.permission);
    expect(account.faults.mutations(id)).toEqual([]);
  });

  it('stops a machine and starts it again on the way back', async () => {
    const account = cloud.open();
    const id = account.launch(account.types[0]);
    const action = await propose(id, 'stop_instance');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(account.look(id)).toBe(`${account.types[0]} ${cloud.stopped}`);
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(account.faults.mutations(id, true)).toEqual([stop, start]);
  });

  it('deletes a disk and makes it again under its own id', async () => {
    const account = cloud.open();
    const id = account.createDisk();
    const before = await account.volumes.find({ resourceId: id, region: account.region });
    const action = await propose(id, 'delete_volume');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(account.lookDisk(id)).toBeUndefined();
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    const after = await account.volumes.find({ resourceId: id, region: account.region });
    expect(after).toEqual(before);
    expect(account.faults.mutations(id, true)).toEqual(cloud.deletion);
  });
});

it('a size that Azure spells in another case is the same size', async () => {
  const [large, small] = azure.types;
  const resourceId = azure.launch(large);
  const connectionId = await desk.addConnection('azure');
  const action = await desk.proposeAny({
    kind: 'resize_instance',
    connectionId,
    resourceId,
    region: azure.region,
    target: { instanceType: small.toLowerCase() },
  });
  const started = azure.faults.on(
    'virtualMachines.start',
    { hold: 'before' },
    { resource: resourceId },
  );
  await desk.decide(action, 'approve');
  await started;
  expect(azure.look(resourceId)).toBe(`${small} deallocated`);
  azure.changeType(resourceId, small.toLowerCase());
  azure.clear();
  await desk.until(action, 'succeeded');
  azure.changeType(resourceId, small.toUpperCase());
  await desk.decide(action, 'rollback');
  await desk.until(action, 'rolled_back');
  expect(azure.look(resourceId)).toBe(`${large} running`);
});

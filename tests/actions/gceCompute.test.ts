import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGce } from '../../activities/actions/gce/createGce.ts';
import { createGceMachines } from '../../activities/actions/gce/gceMachines.ts';
import type { CloudCall as NotedCall } from '../../activities/actions/cloudCalls/cloudCall.ts';
import { ACCESS_TOKEN } from '../mcp/gcp/googleStub.ts';
import { createKeys, refOf, until } from './clouds/portHelp.ts';
import { runPython } from './clouds/runPython.ts';
import { type GceAccount, openGceAccount } from './gceAccount.ts';

let account: GceAccount;
const key = createKeys();

beforeAll(async () => {
  account = await openGceAccount();
});
afterEach(() => account.clear());
afterAll(async () => {
  expect(account.mistakes).toEqual([]);
  await account.close();
});

describe('an instance of Compute Engine', () => {
  it('is stopped, given another type and started, each by one effective call', async () => {
    const { machines, faults } = account;
    const id = account.launch('e2-standard-4');
    const ref = refOf(account, id);
    expect(await machines.describe(ref)).toMatchObject({
      accountId: 'shop',
      name: id.split('/').at(-1),
      instanceType: 'e2-standard-4',
      state: 'running',
      tags: { team: 'shop' },
    });
    await machines.stop(ref, key());
    expect((await machines.describe(ref)).state).toBe('stopped');
    await machines.setType(ref, 'e2-standard-2', key());
    await machines.start(ref, key());
    expect(account.look(id)).toBe('e2-standard-2 RUNNING');
    expect(await machines.checkHealth(ref)).toBe('healthy');
    expect(faults.mutations(id, true)).toEqual([
      'instances.stop',
      'instances.setMachineType',
      'instances.start',
    ]);
  });

  it('is stopped once by two deliveries under one key', async () => {
    const { machines, faults } = account;
    const id = account.launch();
    const one = key();
    await machines.stop(refOf(account, id), one);
    account.start(id);
    await machines.stop(refOf(account, id), one);
    expect(account.look(id)).toBe('e2-standard-4 RUNNING');
    expect(faults.mutations(id)).toHaveLength(2);
    expect(faults.mutations(id, true)).toEqual(['instances.stop']);
  });

  it.each([
    ['PROVISIONING', 'pending'],
    ['STAGING', 'pending'],
    ['RUNNING', 'running'],
    ['PENDING_STOP', 'stopping'],
    ['STOPPING', 'stopping'],
    ['TERMINATED', 'stopped'],
    ['SUSPENDED', 'suspended'],
    ['REPAIRING', 'repairing'],
  ])('that is %s is said to be %s', async (status, state) => {
    const id = account.launch('e2-standard-4', { status });
    expect((await account.machines.describe(refOf(account, id))).state).toBe(state);
  });

  it.each([
    ['RUNNING', 'healthy'],
    ['STAGING', 'pending'],
    ['REPAIRING', 'impaired'],
  ])('that is %s is %s', async (status, health) => {
    const id = account.launch('e2-standard-4', { status });
    expect(await account.machines.checkHealth(refOf(account, id))).toBe(health);
  });

  it('is seen on its way by somebody else while an operation takes long', async () => {
    const { machines, faults } = account;
    const id = account.launch();
    const ref = refOf(account, id);
    void faults.on('instances.stop', { takesMs: 300 }, { resource: id });
    const stopping = machines.stop(ref, key());
    await until(async () => (await machines.describe(ref)).state === 'stopping');
    await expect(machines.stop(ref, key())).rejects.toMatchObject({ code: 'resource_busy' });
    await stopping;
    expect((await machines.describe(ref)).state).toBe('stopped');
  });

  it('that takes too long is left to its own state', async () => {
    const token = () => Promise.resolve(ACCESS_TOKEN);
    const impatient = createGce({ endpoint: account.url, token, operationWaitMs: 0 });
    const id = account.launch();
    void account.faults.on('instances.stop', { takesMs: 3_600_000 }, { resource: id });
    await createGceMachines(impatient).stop(refOf(account, id), key());
    expect(account.look(id)).toBe('e2-standard-4 STOPPING');
  });
});

describe('what goes wrong at Compute Engine', () => {
  it.each([
    ['ZONE_RESOURCE_POOL_EXHAUSTED', 'capacity_unavailable'],
    ['ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS', 'capacity_unavailable'],
    ['QUOTA_EXCEEDED', 'quota_exceeded'],
  ])('%s of the operation of a start is %s, and it is not running', async (fails, code) => {
    const { machines, faults } = account;
    const id = account.launch();
    account.stop(id);
    void faults.on('instances.start', { fails }, { resource: id });
    await expect(machines.start(refOf(account, id), key())).rejects.toMatchObject({ code });
    expect(account.look(id)).toBe('e2-standard-4 TERMINATED');
    expect(faults.mutations(id, true)).toEqual([]);
    await machines.start(refOf(account, id), key());
    expect(account.look(id)).toBe('e2-standard-4 RUNNING');
  });

  it.each([
    ['forbidden', 403, 'permission_missing', 'compute.instances.stop'],
    ['quotaExceeded', 403, 'quota_exceeded', 'quota'],
    ['rateLimitExceeded', 403, 'provider_throttled', 'slow down'],
    ['accessNotConfigured', 403, 'provider_refused', 'compute.googleapis.com'],
    ['authError', 401, 'credentials_rejected', 'renew'],
    ['resourceNotReady', 400, 'resource_busy', 'repeated'],
    ['notFound', 404, 'resource_not_found', 'no such'],
    ['conditionNotMet', 412, 'resource_busy', 'repeated'],
    ['backendError', 503, 'provider_unavailable', 'could not be reached'],
    ['badRequest', 400, 'provider_refused', 'badRequest'],
  ])('%s (%i) of a stop is %s', async (error, status, code, words) => {
    const { machines, faults } = account;
    const id = account.launch();
    void faults.on('instances.stop', { error, status }, { resource: id });
    const refused = machines.stop(refOf(account, id), key());
    await expect(refused).rejects.toMatchObject({ code });
    await refused.catch((failure: unknown) => {
      expect(JSON.stringify(failure) + String(failure)).toContain(words);
      expect(JSON.stringify(failure) + String(failure)).not.toMatch(/planted|olga/);
    });
    expect(faults.mutations(id)).toEqual(['instances.stop']);
    expect(account.look(id)).toBe('e2-standard-4 RUNNING');
  });

  it('429 says how long to wait', async () => {
    const id = account.launch();
    const fault = { error: 'rateLimitExceeded', status: 429, retryAfterSeconds: 7 };
    void account.faults.on('instances.stop', fault, { resource: id });
    await expect(account.machines.stop(refOf(account, id), key())).rejects.toMatchObject({
      code: 'provider_throttled',
      retryAfterMs: 7_000,
    });
  });

  it('a lost reply leaves the effect, which the next look shows', async () => {
    const { machines, faults } = account;
    const id = account.launch();
    void faults.on('instances.stop', 'loseReply', { resource: id });
    await expect(machines.stop(refOf(account, id), key())).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
    expect(faults.mutations(id, true)).toEqual(['instances.stop']);
    await until(async () => (await machines.describe(refOf(account, id))).state === 'stopped');
  });

  it('a read whose answer is lost is sent again once', async () => {
    const { machines, faults } = account;
    const id = account.launch();
    void faults.on('instances.get', 'loseReply', { resource: id });
    expect((await machines.describe(refOf(account, id))).state).toBe('running');
    void faults.on(
      'instances.get',
      { error: 'backendError', status: 500 },
      { resource: id, times: 2 },
    );
    await expect(machines.describe(refOf(account, id))).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
  });

  it('a held call has its effect or has it not, and its caller never hears', async () => {
    const { machines, faults } = account;
    const [before, after] = [account.launch(), account.launch()];
    const caught = [
      faults.on('instances.stop', { hold: 'before' }, { resource: before }),
      faults.on('instances.stop', { hold: 'after' }, { resource: after }),
    ];
    const calls = [before, after].map((id) =>
      machines.stop(refOf(account, id), key()).catch((error: unknown) => error),
    );
    await Promise.all(caught);
    expect(faults.mutations(before, true)).toEqual([]);
    expect(faults.mutations(after, true)).toEqual(['instances.stop']);
    faults.clear();
    for (const call of calls) expect(await call).toMatchObject({ code: 'provider_unavailable' });
  });

  it('an instance that is gone, and an id that is none, are resource_not_found', async () => {
    const id = account.launch();
    account.terminate(id);
    for (const resourceId of [id, 'i-0123456789abcdef0', 'projects/shop/zones/../instances/x']) {
      await expect(account.machines.describe(refOf(account, resourceId))).rejects.toMatchObject({
        code: 'resource_not_found',
      });
    }
  });

  it('an instance that somebody started meanwhile keeps its type', async () => {
    const id = account.launch();
    await expect(
      account.machines.setType(refOf(account, id), 'e2-standard-2', key()),
    ).rejects.toMatchObject({ code: 'resource_busy' });
    expect(account.look(id)).toBe('e2-standard-4 RUNNING');
  });

  it('who may not look at operations is told by the state instead', async () => {
    const id = account.launch();
    account.deny('compute.zoneOperations.get');
    await account.machines.stop(refOf(account, id), key());
    await until(
      async () => (await account.machines.describe(refOf(account, id))).state === 'stopped',
    );
  });
});

describe('before a change at Compute Engine', () => {
  const resize = (instanceType: string) => ({ kind: 'resize', instanceType }) as const;

  it('an ordinary resize meets no refusal, and its calls are listed in order', async () => {
    const ref = refOf(account, account.launch());
    const machine = await account.machines.describe(ref);
    const { refusals, risks } = await account.machines.check(ref, machine, resize('e2-standard-2'));
    expect(refusals).toEqual([]);
    expect(risks.join(' ')).toContain('Memory shrinks from 16 GiB to 8 GiB');
    const calls = account.machines.listCalls(ref, machine, resize('e2-standard-2'));
    expect(calls.map(({ operation }) => operation)).toEqual([
      'instances.stop',
      'instances.setMachineType',
      'instances.start',
    ]);
    expect(calls[1]?.parameters).toEqual({
      project: 'shop',
      zone: 'us-central1-a',
      instance: ref.resourceId.split('/').at(-1),
      machineType: 'zones/us-central1-a/machineTypes/e2-standard-2',
    });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['a local SSD', { disks: [{ type: 'SCRATCH' }] }, 'e2-standard-2', 'local SSDs'],
    ['a GPU', { guestAccelerators: [{ acceleratorCount: 1 }] }, 'e2-standard-2', 'accelerators'],
    ['Spot', { scheduling: { provisioningModel: 'SPOT' } }, 'e2-standard-2', 'Spot'],
    ['preemptible', { scheduling: { preemptible: true } }, 'e2-standard-2', 'Spot'],
    [
      'a managed group',
      {
        metadata: {
          items: [
            {
              key: 'created-by',
              value: 'projects/1/zones/us-central1-a/instanceGroupManagers/web',
            },
          ],
        },
      },
      'e2-standard-2',
      'managed instance group web',
    ],
    [
      'a sole-tenant node',
      { scheduling: { nodeAffinities: [{ key: 'n', operator: 'IN', values: ['a'] }] } },
      'e2-standard-2',
      'sole-tenant',
    ],
    ['another architecture', {}, 't2a-standard-2', 'does not run X86_64'],
    ['disks that do not fit', {}, 'n4-standard-2', 'disks of type pd-balanced'],
    ['a used up quota', {}, 'n2-standard-4', 'N2_CPUS'],
    ['the type it has', {}, 'e2-standard-4', 'already is'],
  ])('%s is refused', async (_, more, target, sentence) => {
    const ref = refOf(account, account.launch('e2-standard-4', more));
    const machine = await account.machines.describe(ref);
    const { refusals } = await account.machines.check(ref, machine, resize(target));
    expect(refusals.join(' ')).toContain(sentence);
  });

  it('a type that the zone does not have is resize_not_supported', async () => {
    const ref = refOf(account, account.launch());
    const machine = await account.machines.describe(ref);
    await expect(account.machines.check(ref, machine, resize('e2-nope-2'))).rejects.toMatchObject({
      code: 'resize_not_supported',
    });
  });

  it('a stop and a start are checked as well', async () => {
    const ref = refOf(account, account.launch());
    const machine = await account.machines.describe(ref);
    expect((await account.machines.check(ref, machine, { kind: 'stop' })).refusals).toEqual([]);
    account.stop(ref.resourceId);
    const stopped = await account.machines.describe(ref);
    expect((await account.machines.check(ref, stopped, { kind: 'start' })).refusals).toEqual([]);
  });

  it.each([
    'compute.instances.stop',
    'compute.instances.setMachineType',
    'compute.instances.start',
  ])('%s is named when it is missing, and nothing is changed', async (permission) => {
    const ref = refOf(account, account.launch());
    const machine = await account.machines.describe(ref);
    await account.machines.tryCalls(ref, machine, resize('e2-standard-2'));
    account.deny(permission);
    await expect(
      account.machines.tryCalls(ref, machine, resize('e2-standard-2')),
    ).rejects.toMatchObject({
      code: 'permission_missing',
      detail: expect.stringContaining(permission) as string,
    });
    expect(account.faults.mutations(ref.resourceId)).toEqual([]);
  });
});

describe('a disk of Compute Engine', () => {
  const NAME = 'costguard-0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11';

  it('leaves a snapshot behind and comes back from it as it was', async () => {
    const { volumes, faults } = account;
    const kmsKeyName = 'projects/shop/locations/us/keyRings/r/cryptoKeys/k';
    const own = { provisionedIops: '5000', provisionedThroughput: '300' };
    const id = account.createDisk({
      ...own,
      diskEncryptionKey: { kmsKeyName: `${kmsKeyName}/cryptoKeyVersions/3` },
    });
    const ref = refOf(account, id);
    const volume = await volumes.find(ref);
    if (volume === undefined) throw new TypeError('There is no disk.');
    expect(volume).toMatchObject({ state: 'available', sizeGib: 100, volumeType: 'pd-balanced' });
    expect((await volumes.check(ref, volume)).refusals).toEqual([]);
    await volumes.tryCalls(ref, volume);
    expect(await volumes.findSnapshot(ref, NAME)).toBeUndefined();
    await volumes.createSnapshot(ref, NAME, key());
    await volumes.createSnapshot(ref, NAME, key());
    const snapshot = await volumes.findSnapshot(ref, NAME);
    if (snapshot === undefined) throw new TypeError('There is no snapshot.');
    expect(snapshot.state).toBe('completed');
    await volumes.delete(ref, key());
    await volumes.delete(ref, key());
    expect(await volumes.find(ref)).toBeUndefined();
    expect(await volumes.findRestored(ref, NAME)).toBeUndefined();
    await volumes.restore(ref, volume, snapshot, key());
    await volumes.restore(ref, volume, snapshot, key());
    expect(await volumes.findRestored(ref, NAME)).toEqual({ ...volume, resourceId: id });
    expect(account.state.disks.get(id)).toMatchObject({
      ...own,
      diskEncryptionKey: { kmsKeyName },
    });
    expect(faults.mutations(id, true)).toEqual([
      'disks.createSnapshot',
      'disks.delete',
      'disks.insert',
    ]);
    const other = refOf(account, account.createDisk());
    await expect(volumes.findSnapshot(other, NAME)).rejects.toMatchObject({
      code: 'resource_changed',
    });
  });

  it('that is in use is refused, by us and by Google', async () => {
    const { volumes } = account;
    const ref = refOf(account, account.createDisk());
    account.attach(ref.resourceId, account.launch());
    const volume = await volumes.find(ref);
    if (volume === undefined) throw new TypeError('There is no disk.');
    expect(volume.state).toBe('in-use');
    expect((await volumes.check(ref, volume)).refusals.join(' ')).toContain('in use by vm-');
    await expect(volumes.delete(ref, key())).rejects.toMatchObject({ code: 'resource_changed' });
    expect(account.lookDisk(ref.resourceId)).toBe('READY');
  });

  it('needs permissions that are named', async () => {
    const ref = refOf(account, account.createDisk());
    const volume = await account.volumes.find(ref);
    if (volume === undefined) throw new TypeError('There is no disk.');
    expect(account.volumes.listCalls(ref, volume, NAME).map((call) => call.operation)).toEqual([
      'disks.createSnapshot',
      'disks.delete',
    ]);
    account.deny('compute.disks.delete');
    await expect(account.volumes.tryCalls(ref, volume)).rejects.toMatchObject({
      code: 'permission_missing',
      detail: expect.stringContaining('compute.disks.delete') as string,
    });
  });
});

describe('calls to Compute Engine', () => {
  it('are taken down with Google’s operation as their id', async () => {
    const noted: NotedCall[] = [];
    const note = (call: NotedCall) => Promise.resolve(void noted.push(call));
    const token = () => Promise.resolve(ACCESS_TOKEN);
    const machines = createGceMachines(createGce({ endpoint: account.url, token, note }));
    const id = account.launch();
    await machines.stop(refOf(account, id), key());
    account.deny('compute.instances.start');
    await machines.start(refOf(account, id), key()).catch(() => undefined);
    expect(noted.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      ['compute.instances.stop', 'ok'],
      ['compute.zoneOperations.get', 'ok'],
      ['compute.instances.start', 'forbidden'],
    ]);
    expect(noted[0]).toMatchObject({ provider: 'gcp', resource: id, attempts: 1 });
    expect(noted[0]?.requestId).toMatch(/^operation-/);
  });
});

describe('Google’s own Python client', () => {
  it('works with the fake as our client does', async () => {
    const id = account.launch();
    const seen = await runPython(`
import json, uuid
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
compute = build('compute', 'v1', static_discovery=True, credentials=Credentials(token='${ACCESS_TOKEN}'),
                client_options={'api_endpoint': '${account.url}/compute/v1/'})
at = dict(project='shop', zone='us-central1-a')
vm = '${id.split('/').at(-1) ?? ''}'
def wait(op):
    while op['status'] != 'DONE':
        op = compute.zoneOperations().wait(operation=op['name'], **at).execute()
    return op.get('error')
said = [wait(compute.instances().stop(instance=vm, requestId=str(uuid.uuid4()), **at).execute())]
said.append(wait(compute.instances().setMachineType(instance=vm, body={'machineType': 'zones/us-central1-a/machineTypes/e2-standard-2'}, **at).execute()))
said.append(wait(compute.instances().start(instance=vm, **at).execute()))
now = compute.instances().get(instance=vm, **at).execute()
print(json.dumps([said, now['status'], now['machineType'].split('/')[-1]]))
`);
    expect(seen).toEqual([[null, null, null], 'RUNNING', 'e2-standard-2']);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAzureMachines } from '../../activities/actions/azureVm/azureMachines.ts';
import { createAzure } from '../../activities/actions/azureVm/createAzure.ts';
import type { CloudCall as NotedCall } from '../../activities/actions/cloudCalls/cloudCall.ts';
import { SECRETS } from '../mcp/azure/azureProxy.ts';
import { type AzureAccount, openAzureAccount } from './azureAccount.ts';
import { SUBSCRIPTION } from './clouds/azureCloud.ts';
import { createKeys, refOf, until } from './clouds/portHelp.ts';
import { runPython } from './clouds/runPython.ts';

let account: AzureAccount;
const key = createKeys();

beforeAll(async () => {
  account = await openAzureAccount();
});
afterEach(() => account.clear());
afterAll(async () => {
  expect(account.mistakes).toEqual([]);
  await account.close();
});

const client = (options: Partial<Parameters<typeof createAzure>[0]>) =>
  createAzureMachines(
    createAzure({
      endpoint: account.url,
      token: () => Promise.resolve(SECRETS.token),
      fetch: account.fetch,
      ...options,
    }),
  );

describe('a virtual machine of Azure', () => {
  it('is deallocated, given another size and started, each by one effective call', async () => {
    const { machines, faults } = account;
    const id = account.launch('Standard_D4s_v5');
    const ref = refOf(account, id);
    expect(await machines.describe(ref)).toMatchObject({
      accountId: SUBSCRIPTION,
      name: id.split('/').at(-1),
      instanceType: 'Standard_D4s_v5',
      state: 'running',
      tags: { team: 'shop' },
    });
    await machines.stop(ref, key());
    expect((await machines.describe(ref)).state).toBe('stopped');
    await machines.setType(ref, 'Standard_D2s_v5', key());
    await machines.start(ref, key());
    expect(account.look(id)).toBe('Standard_D2s_v5 running');
    expect(await machines.checkHealth(ref)).toBe('healthy');
    expect(faults.mutations(id, true)).toEqual([
      'virtualMachines.deallocate',
      'virtualMachines.update',
      'virtualMachines.start',
    ]);
    expect(account.state.vms.get(id)?.boots).toBe(2);
  });

  it.each([
    ['starting', 'pending'],
    ['running', 'running'],
    ['stopping', 'stopping'],
    ['deallocating', 'stopping'],
    ['stopped', 'powered-off'],
    ['deallocated', 'stopped'],
    ['unknown', 'unknown'],
  ])('that is %s is said to be %s', async (power, state) => {
    const id = account.launch();
    Object.assign(account.state.vms.get(id) ?? {}, { power });
    expect((await account.machines.describe(refOf(account, id))).state).toBe(state);
  });

  it.each([
    [{ power: 'running' }, 'healthy'],
    [{ power: 'starting' }, 'pending'],
    [{ power: 'running', provisioning: 'Failed' }, 'impaired'],
  ])('that is %o is %s', async (vm, health) => {
    const id = account.launch();
    Object.assign(account.state.vms.get(id) ?? {}, vm);
    expect(await account.machines.checkHealth(refOf(account, id))).toBe(health);
  });

  it('is seen on its way by somebody else while an operation takes long', async () => {
    const { machines, faults } = account;
    const id = account.launch();
    const ref = refOf(account, id);
    void faults.on('virtualMachines.deallocate', { takesMs: 300 }, { resource: id });
    const stopping = machines.stop(ref, key());
    await until(async () => (await machines.describe(ref)).state === 'stopping');
    await expect(machines.stop(ref, key())).rejects.toMatchObject({ code: 'resource_busy' });
    await stopping;
    expect((await machines.describe(ref)).state).toBe('stopped');
  });

  it('that takes too long is left to its own state', async () => {
    const id = account.launch();
    void account.faults.on('virtualMachines.deallocate', { takesMs: 3_600_000 }, { resource: id });
    await client({ operationWaitMs: 0 }).stop(refOf(account, id), key());
    expect(account.look(id)).toBe('Standard_D4s_v5 deallocating');
  });

  it('that runs is never given another size: Azure would restart it', async () => {
    const id = account.launch();
    await expect(
      account.machines.setType(refOf(account, id), 'Standard_D2s_v5', key()),
    ).rejects.toMatchObject({ code: 'resource_busy' });
    expect(account.look(id)).toBe('Standard_D4s_v5 running');
    expect(account.faults.mutations(id)).toEqual([]);
  });

  it('that somebody changes between our look and our call is left as it is', async () => {
    const { machines, faults } = account;
    const id = account.launch();
    account.stop(id);
    const seen = faults.on('virtualMachines.update', { hold: 'before' }, { resource: id });
    const setting = machines
      .setType(refOf(account, id), 'Standard_D2s_v5', key())
      .catch((error: unknown) => error);
    const { request } = await seen;
    account.changeType(id, 'Standard_D64s_v5');
    faults.clear();
    expect(await setting).toMatchObject({ code: 'provider_unavailable' });
    // The very same request, delivered late.
    const late = await account.fetch(`${account.url}${request.path}?${request.query.toString()}`, {
      method: 'PATCH',
      headers: request.headers as Record<string, string>,
      body: JSON.stringify(request.body),
    });
    expect(late.status).toBe(412);
    expect(account.look(id)).toBe('Standard_D64s_v5 deallocated');
  });
});

describe('what goes wrong at Azure', () => {
  it.each([
    ['AllocationFailed', 'capacity_unavailable'],
    ['ZonalAllocationFailed', 'capacity_unavailable'],
    ['OverconstrainedAllocationRequest', 'capacity_unavailable'],
    ['SkuNotAvailable', 'capacity_unavailable'],
    ['QuotaExceeded', 'quota_exceeded'],
  ])('%s of the operation of a start is %s, and it is not running', async (fails, code) => {
    const { machines, faults } = account;
    const id = account.launch();
    account.stop(id);
    void faults.on('virtualMachines.start', { fails }, { resource: id });
    await expect(machines.start(refOf(account, id), key())).rejects.toMatchObject({ code });
    expect(account.look(id)).toBe('Standard_D4s_v5 deallocated');
    expect(faults.mutations(id, true)).toEqual([]);
    await machines.start(refOf(account, id), key());
    expect(account.look(id)).toBe('Standard_D4s_v5 running');
  });

  it.each([
    ['AllocationFailed', 409, 'capacity_unavailable', 'no capacity'],
    ['AuthorizationFailed', 403, 'permission_missing', 'virtualMachines/deallocate/action'],
    ['LinkedAuthorizationFailed', 403, 'permission_missing', 'networkInterfaces/join/action'],
    ['AuthenticationFailed', 401, 'credentials_rejected', 'renew'],
    ['Conflict', 409, 'resource_busy', 'repeated'],
    ['ScopeLocked', 409, 'change_not_possible', 'lock'],
    ['PreconditionFailed', 412, 'resource_changed', 'Somebody else'],
    ['ResourceNotFound', 404, 'resource_not_found', 'no such'],
    ['InternalServerError', 500, 'provider_unavailable', 'could not answer'],
    ['BadRequest', 400, 'provider_refused', 'BadRequest'],
  ])('%s (%i) of a stop is %s', async (error, status, code, words) => {
    const { machines, faults } = account;
    const id = account.launch();
    void faults.on('virtualMachines.deallocate', { error, status }, { resource: id });
    const refused = machines.stop(refOf(account, id), key());
    await expect(refused).rejects.toMatchObject({ code });
    await refused.catch((failure: unknown) => {
      expect(JSON.stringify(failure) + String(failure)).toContain(words);
      expect(JSON.stringify(failure) + String(failure)).not.toContain('planted');
    });
    expect(faults.mutations(id)).toEqual(['virtualMachines.deallocate']);
    expect(account.look(id)).toBe('Standard_D4s_v5 running');
  });

  it('429 says how long to wait', async () => {
    const id = account.launch();
    const fault = { error: 'TooManyRequests', status: 429, retryAfterSeconds: 7 };
    void account.faults.on('virtualMachines.deallocate', fault, { resource: id });
    await expect(account.machines.stop(refOf(account, id), key())).rejects.toMatchObject({
      code: 'provider_throttled',
      retryAfterMs: 7_000,
    });
  });

  it('a lost reply leaves the effect, which the next look shows', async () => {
    const { machines, faults } = account;
    const id = account.launch();
    void faults.on('virtualMachines.deallocate', 'loseReply', { resource: id });
    await expect(machines.stop(refOf(account, id), key())).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
    expect(faults.mutations(id, true)).toEqual(['virtualMachines.deallocate']);
    await until(async () => (await machines.describe(refOf(account, id))).state === 'stopped');
  });

  it('a read whose answer is lost is sent again once', async () => {
    const { machines, faults } = account;
    const id = account.launch();
    void faults.on('virtualMachines.get', 'loseReply', { resource: id });
    expect((await machines.describe(refOf(account, id))).state).toBe('running');
    const fault = { error: 'InternalServerError', status: 500 };
    void faults.on('virtualMachines.get', fault, { resource: id, times: 2 });
    await expect(machines.describe(refOf(account, id))).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
  });

  it('a held call has its effect or has it not, and its caller never hears', async () => {
    const { machines, faults } = account;
    const [before, after] = [account.launch(), account.launch()];
    const caught = [
      faults.on('virtualMachines.deallocate', { hold: 'before' }, { resource: before }),
      faults.on('virtualMachines.deallocate', { hold: 'after' }, { resource: after }),
    ];
    const calls = [before, after].map((id) =>
      machines.stop(refOf(account, id), key()).catch((error: unknown) => error),
    );
    await Promise.all(caught);
    expect(faults.mutations(before, true)).toEqual([]);
    expect(faults.mutations(after, true)).toEqual(['virtualMachines.deallocate']);
    faults.clear();
    for (const call of calls) expect(await call).toMatchObject({ code: 'provider_unavailable' });
  });

  it('a machine that is gone, and an id that is none, are resource_not_found', async () => {
    const id = account.launch();
    account.terminate(id);
    for (const resourceId of [id, 'i-0123456789abcdef0', `${id}/../../x`]) {
      await expect(account.machines.describe(refOf(account, resourceId))).rejects.toMatchObject({
        code: 'resource_not_found',
      });
    }
  });

  it('a next page at another host is not asked for, so gets no token', async () => {
    const asked: string[] = [];
    const azure = createAzure({
      endpoint: account.url,
      token: () => Promise.resolve(SECRETS.token),
      fetch: (url) => {
        asked.push(String(url instanceof Request ? url.url : url));
        return Promise.resolve(
          Response.json({ value: [], nextLink: 'https://attacker.example/next' }),
        );
      },
    });
    const ref = refOf(account, account.launch());
    const machine = await account.machines.describe(ref);
    await expect(
      createAzureMachines(azure).tryCalls(ref, machine, { kind: 'stop' }),
    ).rejects.toMatchObject({ code: 'provider_answer_invalid' });
    expect(asked).toHaveLength(1);
  });
});

describe('before a change at Azure', () => {
  const resize = (instanceType: string) => ({ kind: 'resize', instanceType }) as const;

  it('an ordinary resize meets no refusal, and its calls are listed in order', async () => {
    const ref = refOf(account, account.launch());
    const machine = await account.machines.describe(ref);
    const { refusals, risks } = await account.machines.check(
      ref,
      machine,
      resize('Standard_D2s_v5'),
    );
    expect(refusals).toEqual([]);
    expect(risks.join(' ')).toContain('Memory shrinks from 16 GiB to 8 GiB');
    const calls = account.machines.listCalls(ref, machine, resize('Standard_D2s_v5'));
    expect(calls.map(({ operation }) => operation)).toEqual([
      'virtualMachines.deallocate',
      'virtualMachines.update',
      'virtualMachines.start',
    ]);
    expect(calls[1]?.parameters).toEqual({
      id: ref.resourceId,
      'hardwareProfile.vmSize': 'Standard_D2s_v5',
    });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['a scale set', { virtualMachineScaleSet: { id: '/x/y' } }, 'Standard_D2s_v5', 'scale set'],
    [
      'hardware of an availability set',
      {
        availabilitySet: {
          id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/shop/providers/Microsoft.Compute/availabilitySets/web`,
        },
      },
      'Standard_D64s_v5',
      'availability set',
    ],
    ['Spot', { priority: 'Spot' }, 'Standard_D2s_v5', 'Spot'],
    [
      'an ephemeral system disk',
      { storageProfile: { osDisk: { diffDiskSettings: { option: 'Local' } }, dataDisks: [] } },
      'Standard_D2s_v5',
      'ephemeral',
    ],
    ['a dedicated host', { host: { id: '/x/y' } }, 'Standard_D2s_v5', 'dedicated host'],
    ['Premium disks on a size without', {}, 'Standard_D2_v5', 'Premium disks'],
    ['another architecture', {}, 'Standard_D2ps_v5', 'does not run x64'],
    [
      'too many data disks',
      { storageProfile: { dataDisks: [{}, {}, {}, {}, {}] } },
      'Standard_D2s_v5',
      'fewer data disks than the 5',
    ],
    [
      'too many interfaces',
      { networkProfile: { networkInterfaces: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] } },
      'Standard_D2s_v5',
      'fewer network interfaces than the 3',
    ],
    ['SCSI on a size with NVMe only', {}, 'Standard_D2s_v6', 'by SCSI'],
    ['a temporary disk that is new', {}, 'Standard_D2ds_v5', 'temporary disk'],
    ['a size that the subscription may not have', {}, 'Standard_D2s_v3', 'not available'],
    ['a used up quota', {}, 'Standard_D64s_v5', 'standardDSv5Family'],
    ['the size it has', {}, 'Standard_D4s_v5', 'already is'],
  ])('%s is refused', async (_, more, target, sentence) => {
    const ref = refOf(account, account.launch('Standard_D4s_v5', more));
    const machine = await account.machines.describe(ref);
    const { refusals } = await account.machines.check(ref, machine, resize(target));
    expect(refusals.join(' ')).toContain(sentence);
  });

  it('a lock on the group is refused, and not found where locks may not be read', async () => {
    const ref = refOf(account, account.launch());
    const machine = await account.machines.describe(ref);
    account.lock(ref.resourceId.split('/providers/')[0] ?? '', 'ReadOnly');
    const found = await account.machines.check(ref, machine, { kind: 'stop' });
    expect(found.refusals.join(' ')).toContain('The lock keep');
    void account.faults.on('locks', { error: 'AuthorizationFailed', status: 403 });
    expect((await account.machines.check(ref, machine, { kind: 'start' })).refusals).toEqual([]);
    await expect(account.machines.stop(ref, key())).rejects.toMatchObject({
      code: 'change_not_possible',
    });
  });

  it('a size that the region does not have is resize_not_supported', async () => {
    const ref = refOf(account, account.launch());
    const machine = await account.machines.describe(ref);
    await expect(
      account.machines.check(ref, machine, resize('Standard_Nope')),
    ).rejects.toMatchObject({ code: 'resize_not_supported' });
  });

  it.each(['deallocate/action', 'write', 'start/action'])(
    'virtualMachines/%s is named when it is missing, and nothing is changed',
    async (action) => {
      const ref = refOf(account, account.launch());
      const machine = await account.machines.describe(ref);
      await account.machines.tryCalls(ref, machine, resize('Standard_D2s_v5'));
      account.deny(`Microsoft.Compute/virtualMachines/${action}`);
      await expect(
        account.machines.tryCalls(ref, machine, resize('Standard_D2s_v5')),
      ).rejects.toMatchObject({
        code: 'permission_missing',
        detail: expect.stringContaining(`virtualMachines/${action}`) as string,
      });
      expect(account.faults.mutations(ref.resourceId)).toEqual([]);
    },
  );
});

describe('a disk of Azure', () => {
  const NAME = 'costguard-0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11';

  it('leaves a snapshot behind and comes back from it as it was', async () => {
    const { volumes, faults } = account;
    const access = {
      encryption: { type: 'EncryptionAtRestWithCustomerKey', diskEncryptionSetId: '/x/des' },
      networkAccessPolicy: 'DenyAll',
      publicNetworkAccess: 'Disabled',
    };
    const plain = { diskSizeGB: 128, diskState: 'Unattached', provisioningState: 'Succeeded' };
    const own = { diskIOPSReadWrite: 5_000, diskMBpsReadWrite: 300, tier: 'P20' };
    const id = account.createDisk({
      sku: { name: 'PremiumV2_LRS' },
      properties: { ...plain, ...access, ...own },
    });
    const ref = refOf(account, id);
    const volume = await volumes.find(ref);
    if (volume === undefined) throw new TypeError('There is no disk.');
    expect(volume).toMatchObject({ state: 'available', sizeGib: 128, volumeType: 'PremiumV2_LRS' });
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
    expect(account.state.disks.get(id)?.json.properties).toMatchObject({ ...access, ...own });
    expect(
      account.state.snapshots.get(snapshot.snapshotId.toLowerCase())?.json.properties,
    ).toMatchObject(access);
    expect(faults.mutations(id, true)).toEqual([
      'snapshots.createOrUpdate',
      'disks.delete',
      'disks.createOrUpdate',
    ]);
    const other = refOf(account, account.createDisk());
    await expect(volumes.findSnapshot(other, NAME)).rejects.toMatchObject({
      code: 'resource_changed',
    });
  });

  it('that belongs to a machine is refused, by us and by Azure', async () => {
    const { volumes } = account;
    const ref = refOf(account, account.createDisk());
    account.attach(ref.resourceId, account.launch());
    const volume = await volumes.find(ref);
    if (volume === undefined) throw new TypeError('There is no disk.');
    expect(volume.state).toBe('in-use');
    expect((await volumes.check(ref, volume)).refusals.join(' ')).toContain('belongs to vm-');
    await expect(volumes.delete(ref, key())).rejects.toMatchObject({ code: 'resource_changed' });
    expect(account.lookDisk(ref.resourceId)).toBe('Attached');
  });

  it('that is locked or shared is refused', async () => {
    const plain = { diskSizeGB: 128, diskState: 'Unattached', provisioningState: 'Succeeded' };
    const ref = refOf(account, account.createDisk({ properties: { ...plain, maxShares: 2 } }));
    const volume = await account.volumes.find(ref);
    if (volume === undefined) throw new TypeError('There is no disk.');
    account.lock(ref.resourceId, 'CanNotDelete');
    const { refusals } = await account.volumes.check(ref, volume);
    expect(refusals.join(' ')).toMatch(/The lock keep.*share it/);
  });

  it('whose snapshot is still copied in the background is not deleted yet', async () => {
    const ref = refOf(account, account.createDisk());
    await account.volumes.createSnapshot(ref, 'slow', key());
    const [path = ''] = [...account.state.snapshots.keys()].filter((id) => id.endsWith('/slow'));
    const properties = account.state.snapshots.get(path)?.json.properties ?? {};
    properties['completionPercent'] = 40;
    expect(await account.volumes.findSnapshot(ref, 'slow')).toMatchObject({ state: 'pending' });
    properties['completionPercent'] = 100;
    expect(await account.volumes.findSnapshot(ref, 'slow')).toMatchObject({ state: 'completed' });
  });

  it.each(['Microsoft.Compute/disks/delete', 'Microsoft.Compute/snapshots/write'])(
    'needs %s, which is named',
    async (action) => {
      const ref = refOf(account, account.createDisk());
      const volume = await account.volumes.find(ref);
      if (volume === undefined) throw new TypeError('There is no disk.');
      expect(account.volumes.listCalls(ref, volume, NAME).map((call) => call.operation)).toEqual([
        'snapshots.createOrUpdate',
        'disks.delete',
      ]);
      account.deny(action);
      await expect(account.volumes.tryCalls(ref, volume)).rejects.toMatchObject({
        code: 'permission_missing',
        detail: expect.stringContaining(action) as string,
      });
    },
  );
});

describe('calls to Azure', () => {
  it('are taken down with the request’s id', async () => {
    const noted: NotedCall[] = [];
    const machines = client({ note: (call) => Promise.resolve(void noted.push(call)) });
    const id = account.launch();
    await machines.stop(refOf(account, id), key());
    account.deny('Microsoft.Compute/virtualMachines/start/action');
    await machines.start(refOf(account, id), key()).catch(() => undefined);
    expect(noted[0]).toMatchObject({
      provider: 'azure',
      operation: 'Microsoft.Compute/virtualMachines/deallocate/action',
      resource: id,
      outcome: 'ok',
      attempts: 1,
    });
    expect(noted[0]?.requestId).not.toBeNull();
    expect(noted.at(-1)).toMatchObject({ outcome: 'AuthorizationFailed' });
  });
});

describe('Microsoft’s own Python client', () => {
  it('works with the fake as our client does, long-running operations and all', async () => {
    const id = account.launch();
    const disk = account.createDisk();
    const seen = await runPython(
      `
import json, time
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.mgmt.compute import ComputeManagementClient
class Credential:
    def get_token(self, *scopes, **kwargs):
        return AccessToken('${SECRETS.token}', int(time.time()) + 3600)
compute = ComputeManagementClient(Credential(), '${SUBSCRIPTION}', base_url='${account.url}',
    credential_scopes=['https://management.azure.com/.default'], polling_interval=0)
vm = '${id.split('/').at(-1) ?? ''}'
compute.virtual_machines.begin_deallocate('shop', vm).result()
code = next(s.code for s in compute.virtual_machines.instance_view('shop', vm).statuses if s.code.startswith('PowerState/'))
try:
    compute.virtual_machines.begin_update('shop', vm, {'properties': {'hardwareProfile': {'vmSize': 'Standard_D2s_v5'}}}, etag='"0"', match_condition=__import__('azure.core', fromlist=['MatchConditions']).MatchConditions.IfNotModified)
    refused = None
except HttpResponseError as error:
    refused = error.status_code
size = compute.virtual_machines.begin_update('shop', vm, {'properties': {'hardwareProfile': {'vmSize': 'Standard_D2s_v5'}}}).result().hardware_profile.vm_size
compute.virtual_machines.begin_start('shop', vm).result()
now = compute.virtual_machines.get('shop', vm, expand='instanceView')
compute.disks.begin_delete('shop', '${disk.split('/').at(-1) ?? ''}').result()
print(json.dumps([code, refused, size, now.instance_view.statuses[1].code]))
`,
      { REQUESTS_CA_BUNDLE: account.ca },
    );
    expect(seen).toEqual(['PowerState/deallocated', 412, 'Standard_D2s_v5', 'PowerState/running']);
    expect(account.lookDisk(disk)).toBeUndefined();
  });
});

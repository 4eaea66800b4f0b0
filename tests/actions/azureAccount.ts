import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAzureMachines } from '../../activities/actions/azureVm/azureMachines.ts';
import { createAzureVolumes } from '../../activities/actions/azureVm/azureVolumes.ts';
import { type Azure, createAzure } from '../../activities/actions/azureVm/createAzure.ts';
import { identityEnv, SECRETS } from '../mcp/azure/azureProxy.ts';
import { testCertificate } from '../notifications/testCertificate.ts';
import {
  type AzureState,
  createAzureState,
  LOCATION,
  openAzureCloud,
  SUBSCRIPTION,
} from './clouds/azureCloud.ts';
import type { CloudAccount } from './clouds/cloudAccount.ts';
import { fetchTrusting } from './clouds/fetchTrusting.ts';
import { startCloudServer } from './clouds/startCloudServer.ts';

/** A subscription at the fake of Azure. */
export interface AzureAccount extends CloudAccount {
  /** A client of it for this process, as `ProviderClients` wants it. */
  azureVm: Azure;
  /** For further clients of this process. */
  fetch: typeof fetch;
  /** File of the authority that signed its certificate. */
  ca: string;
  state: AzureState;
  lock: (scope: string, level: 'ReadOnly' | 'CanNotDelete') => void;
}

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourcegroups/shop`;
const COMPUTE = `${GROUP}/providers/microsoft.compute`;
let names = 0;

/** Starts an account of the caller's own; `operationWaitMs` is for its own client. */
export async function openAzureAccount(
  options: { operationWaitMs?: number } = {},
): Promise<AzureAccount> {
  const state = createAzureState();
  const certificate = await testCertificate('localhost');
  const folder = await mkdtemp(join(tmpdir(), 'azure-ca-'));
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, certificate.cert);
  const server = await startCloudServer(openAzureCloud(state), certificate);
  const trusting = fetchTrusting(certificate.cert);
  const azureVm = createAzure({
    endpoint: server.url,
    token: () => Promise.resolve(SECRETS.token),
    fetch: trusting,
    ...options,
  });
  const get = <T>(things: Map<string, T>, id: string): T => {
    const thing = things.get(id);
    if (thing === undefined) throw new TypeError(`There is no ${id}.`);
    return thing;
  };
  const createDisk: CloudAccount['createDisk'] = (more = {}) => {
    const name = `disk-${(names += 1)}`;
    const id = `${COMPUTE}/disks/${name}`;
    const properties = { diskSizeGB: 128, diskState: 'Unattached', provisioningState: 'Succeeded' };
    const json = {
      id,
      name,
      location: LOCATION,
      sku: { name: 'Premium_LRS' },
      tags: { team: 'shop' },
    };
    state.disks.set(id, { json: { ...json, zones: ['1'], properties, ...more } });
    return id;
  };
  return {
    faults: server.faults,
    url: server.url,
    env: identityEnv(server.url, ca),
    region: LOCATION,
    types: ['Standard_D4s_v5', 'Standard_D2s_v5'],
    azureVm,
    fetch: trusting,
    ca,
    machines: createAzureMachines(azureVm),
    volumes: createAzureVolumes(azureVm),
    state,
    launch: (vmSize = 'Standard_D4s_v5', more = {}) => {
      const name = `vm-${(names += 1)}`;
      const id = `${COMPUTE}/virtualmachines/${name}`;
      const osDisk = { managedDisk: { id: createDisk({ managedBy: id }) } };
      const properties = {
        hardwareProfile: { vmSize },
        storageProfile: { osDisk, dataDisks: [] },
        networkProfile: { networkInterfaces: [{ id: `${GROUP}/nic-${name}` }] },
        ...more,
      };
      const json = {
        id,
        name,
        location: LOCATION,
        zones: ['1'],
        tags: { team: 'shop' },
        properties,
      };
      state.vms.set(id, {
        json,
        power: 'running',
        provisioning: 'Succeeded',
        version: 1,
        boots: 1,
      });
      return id;
    },
    stop: (id) => void (get(state.vms, id).power = 'deallocated'),
    start: (id) => void (get(state.vms, id).power = 'running'),
    changeType: (id, vmSize) => {
      const vm = get(state.vms, id);
      vm.version += 1;
      vm.json.properties['hardwareProfile'] = { vmSize };
    },
    terminate: (id) => void state.vms.delete(id),
    look: (id) => {
      const { json, power } = get(state.vms, id);
      return `${(json.properties['hardwareProfile'] as { vmSize: string }).vmSize} ${power}`;
    },
    createDisk,
    attach: (disk, user) => {
      const { json } = get(state.disks, disk);
      json['managedBy'] = user;
      json.properties['diskState'] = user === undefined ? 'Unattached' : 'Attached';
    },
    lookDisk: (disk) => state.disks.get(disk)?.json.properties['diskState'] as string | undefined,
    deny: (permission) => void state.denied.add(permission),
    lock: (scope, level) => void state.locks.push({ scope, name: 'keep', level }),
    clear: () => {
      state.denied.clear();
      state.locks.length = 0;
      server.faults.clear();
    },
    mistakes: state.mistakes,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

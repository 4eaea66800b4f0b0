import { createGce, type Gce } from '../../activities/actions/gce/createGce.ts';
import { createGceMachines } from '../../activities/actions/gce/gceMachines.ts';
import { createGceVolumes } from '../../activities/actions/gce/gceVolumes.ts';
import { plantCredentials } from '../mcp/gcp/gcpWorld.ts';
import { ACCESS_TOKEN } from '../mcp/gcp/googleStub.ts';
import { askBroker } from '../servers/askBroker.ts';
import type { CloudAccount } from './clouds/cloudAccount.ts';
import {
  createGceState,
  type GceState,
  openGceCloud,
  PROJECT,
  REGION,
  ZONE,
} from './clouds/gceCloud.ts';
import { startCloudServer } from './clouds/startCloudServer.ts';

/** A project at the fake of Compute Engine. */
export interface GceAccount extends CloudAccount {
  /** A client of it for this process, as `ProviderClients` wants it. */
  gce: Gce;
  state: GceState;
}

const AT = `projects/${PROJECT}/zones/${ZONE}`;
const BASE = 'https://www.googleapis.com/compute/v1';
let names = 0;

/** Starts an account of the caller's own; `operationWaitMs` is for its own client. */
export async function openGceAccount(
  options: { operationWaitMs?: number } = {},
): Promise<GceAccount> {
  const { documents } = await askBroker('google-documents');
  const state = createGceState();
  const server = await startCloudServer(openGceCloud(documents, state));
  const credentials = await plantCredentials(server.url);
  const gce = createGce({
    endpoint: server.url,
    token: () => Promise.resolve(ACCESS_TOKEN),
    ...options,
  });
  const get = <T>(things: Map<string, T>, id: string): T => {
    const thing = things.get(id);
    if (thing === undefined) throw new TypeError(`There is no ${id}.`);
    return thing;
  };
  const createDisk: CloudAccount['createDisk'] = (more = {}) => {
    const name = `disk-${(names += 1)}`;
    const type = `${BASE}/${AT}/diskTypes/pd-balanced`;
    const disk = {
      name,
      status: 'READY',
      users: [],
      sizeGb: '100',
      type,
      labels: { team: 'shop' },
    };
    state.disks.set(`${AT}/disks/${name}`, { ...disk, ...more });
    return `${AT}/disks/${name}`;
  };
  return {
    faults: server.faults,
    url: server.url,
    env: { GCP_ENDPOINT_URL: server.url, GOOGLE_APPLICATION_CREDENTIALS: credentials.file },
    region: REGION,
    types: ['e2-standard-4', 'e2-standard-2'],
    gce,
    machines: createGceMachines(gce),
    volumes: createGceVolumes(gce),
    state,
    launch: (type = 'e2-standard-4', more = {}) => {
      const name = `vm-${(names += 1)}`;
      const id = `${AT}/instances/${name}`;
      const source = `${BASE}/${createDisk({ users: [`${BASE}/${id}`] })}`;
      state.instances.set(id, {
        name,
        status: 'RUNNING',
        machineType: `${BASE}/${AT}/machineTypes/${type}`,
        zone: `${BASE}/${AT}`,
        labels: { team: 'shop' },
        disks: [{ type: 'PERSISTENT', boot: true, source, architecture: 'X86_64' }],
        networkInterfaces: [{ accessConfigs: [{ natIP: '203.0.113.7' }] }],
        ...more,
      });
      return id;
    },
    stop: (id) => void (get(state.instances, id).status = 'TERMINATED'),
    start: (id) => void (get(state.instances, id).status = 'RUNNING'),
    changeType: (id, type) =>
      void (get(state.instances, id).machineType = `${BASE}/${AT}/machineTypes/${type}`),
    terminate: (id) => void state.instances.delete(id),
    look: (id) => {
      const { machineType, status } = get(state.instances, id);
      return `${machineType.slice(machineType.lastIndexOf('/') + 1)} ${status}`;
    },
    createDisk,
    attach: (disk, user) =>
      void (get(state.disks, disk).users = user === undefined ? [] : [`${BASE}/${user}`]),
    lookDisk: (disk) => state.disks.get(disk)?.status,
    deny: (permission) => void state.denied.add(permission),
    clear: () => {
      state.denied.clear();
      server.faults.clear();
    },
    mistakes: state.mistakes,
    close: async () => {
      await server.close();
      await credentials.remove();
    },
  };
}

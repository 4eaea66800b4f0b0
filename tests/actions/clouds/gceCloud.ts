/**
 * A fake of Compute Engine: no counterpart of it exists on the registries. It keeps state (power, types, disks, snapshots,
 * operations, request ids), and Google's discovery document holds it to the API: a request that the API does not have is
 * refused and noted as a mistake, and an answer that it could not give fails the request.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type GoogleContract, readContract } from '../../mcp/gcp/discovery.ts';
import { ACCESS_TOKEN } from '../../mcp/gcp/googleStub.ts';
import type { CloudRequest } from './cloudFaults.ts';
import { GCE_TYPES } from './gceMachineTypes.ts';
import type { Cloud, CloudReply, Wanted } from './startCloudServer.ts';

export const PROJECT = 'shop';
export const ZONE = 'us-central1-a';
export const REGION = 'us-central1';
const AT = `projects/${PROJECT}/zones/${ZONE}`;

type Json = Record<string, unknown>;
type Instance = Json & { name: string; status: string; machineType: string };
type Disk = Json & { name: string; status: string; users: string[] };

interface Operation {
  name: string;
  target: string;
  type: string;
  dueAt: number;
  status: 'RUNNING' | 'DONE';
  fails: string | undefined;
  /** What the end brings; what a failure leaves. */
  finish: () => void;
  undo: () => void;
}

/** What is in the account; a test may put in what it needs. */
export interface GceState {
  instances: Map<string, Instance>;
  disks: Map<string, Disk>;
  snapshots: Map<string, Json & { name: string; status: string }>;
  quotas: Json[];
  /** Permissions that the credentials lack. */
  denied: Set<string>;
  /** How long operations take when no fault says so. */
  latencyMs: number;
  /** Requests that the API does not have. */
  mistakes: string[];
}

/** An account with nothing in it. */
export function createGceState(): GceState {
  return {
    instances: new Map(),
    disks: new Map(),
    snapshots: new Map(),
    quotas: [
      { metric: 'CPUS', limit: 72, usage: 4 },
      { metric: 'N2_CPUS', limit: 8, usage: 6 },
    ],
    denied: new Set(),
    latencyMs: 30,
    mistakes: [],
  };
}

class Refusal extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
    this.reason = reason;
  }
}

/** Opens the cloud over a state. */
export function openGceCloud(documents: string, state: GceState): (url: string) => Cloud {
  const contract = readContract(documents, 'compute.v1');
  return (url) => {
    const operations = createOperations(state, `${url}/compute/v1`);
    const answer = async (request: CloudRequest, wanted: Wanted): Promise<CloudReply> => {
      if (request.path === '/token') return { status: 200, json: TOKEN, isEffective: false };
      await operations.wait(request.path);
      try {
        return serve(contract, state, operations, request, wanted);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const json = refuse(error.reason, error.status);
        return { status: error.status, json, isEffective: false };
      }
    };
    return { identify, answer, refuse };
  };
}

const TOKEN = {
  access_token: ACCESS_TOKEN,
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 3600,
};

const CHANGES = ['stop', 'start', 'setMachineType', 'createSnapshot'];

// `POST …/instances/N/stop` is instances.stop about …/instances/N; `POST …/disks` is disks.insert about the disk in its body.
function identify({ method, path, body }: CloudRequest) {
  const short = path.replace(/^\/compute\/v1\//, '');
  const match =
    /^(projects\/.+?\/(instances|disks|snapshots|operations))(?:\/([^/]+))?(?:\/(\w+))?$/.exec(
      short,
    );
  if (path === '/token') return undefined;
  const [, list, kind, name, verb] = match ?? [];
  if (list === undefined || kind === undefined) {
    return { name: short.replace(/.*\/(\w+)\/[^/]+$/, '$1.get'), resource: short, isChange: false };
  }
  if (name === undefined) {
    const made = (body as { name?: string } | undefined)?.name ?? '';
    return { name: `${kind}.insert`, resource: `${list}/${made}`, isChange: method === 'POST' };
  }
  const action = verb ?? { GET: 'get', DELETE: 'delete' }[method] ?? method;
  const isChange = action === 'delete' || CHANGES.includes(action);
  return { name: `${kind}.${action}`, resource: `${list}/${name}`, isChange };
}

function refuse(reason: string, status: number) {
  const message = 'planted words of Google about user:olga@example.com';
  return { error: { code: status, message, errors: [{ domain: 'global', reason, message }] } };
}

type Operations = ReturnType<typeof createOperations>;

function createOperations(state: GceState, base: string) {
  const all = new Map<string, Operation>();
  const byRequest = new Map<string, Operation>();
  let count = 0;
  /** Ends what is due; nothing runs by itself. */
  const settle = (): void => {
    for (const operation of all.values()) {
      if (operation.status === 'DONE' || operation.dueAt > Date.now()) continue;
      operation.status = 'DONE';
      if (operation.fails === undefined) operation.finish();
      else operation.undo();
    }
  };
  const toJson = ({ name, target, type, status, fails }: Operation): Json => ({
    kind: 'compute#operation',
    id: String(1_000 + all.size),
    name,
    operationType: type,
    status,
    progress: status === 'DONE' ? 100 : 0,
    targetLink: `${base}/${target}`,
    zone: `${base}/${AT}`,
    ...(status === 'DONE' && fails !== undefined
      ? {
          error: { errors: [{ code: fails, message: 'planted words of Google' }] },
          httpErrorStatusCode: 503,
          httpErrorMessage: 'SERVICE UNAVAILABLE',
        }
      : {}),
  });
  return {
    settle,
    toJson,
    find: (name: string) => all.get(name),
    /** Answers `wait` when the operation ends, or after a while as Google does after two minutes. */
    wait: async (path: string): Promise<void> => {
      const name = /\/operations\/([^/]+)\/wait$/.exec(path)?.[1];
      const operation = all.get(name ?? '');
      if (operation === undefined) return;
      const waitMs = Math.min(operation.dueAt - Date.now(), 1_000);
      if (waitMs > 0) await pause(waitMs);
    },
    isBusy: (target: string) =>
      [...all.values()].some((one) => one.target === target && one.status === 'RUNNING'),
    /** An earlier delivery of the same request. */
    repeated: (requestId: string | null) => byRequest.get(requestId ?? ''),
    begin: (
      given: Pick<Operation, 'target' | 'type' | 'finish' | 'undo'>,
      requestId: string | null,
      { fails, takesMs }: Wanted,
    ): Operation => {
      count += 1;
      const dueAt = Date.now() + (takesMs ?? state.latencyMs);
      const name = `operation-${count}`;
      const operation: Operation = { ...given, name, dueAt, status: 'RUNNING', fails };
      all.set(name, operation);
      if (requestId !== null) byRequest.set(requestId, operation);
      return operation;
    },
  };
}

function serve(
  contract: GoogleContract,
  state: GceState,
  operations: Operations,
  request: CloudRequest,
  wanted: Wanted,
): CloudReply {
  let method: string;
  try {
    method = contract.check({ ...request, headers: request.headers });
  } catch (error) {
    state.mistakes.push(String(error));
    throw error;
  }
  if (request.headers['authorization'] !== `Bearer ${ACCESS_TOKEN}`) {
    throw new Refusal(401, 'authError');
  }
  operations.settle();
  const path = request.path.replace(/^\/compute\/v1\//, '');
  const permission = PERMISSIONS[method] ?? method;
  if (state.denied.has(permission)) throw new Refusal(403, 'forbidden');
  const change = CHANGING[method];
  const { json, isEffective } =
    change === undefined
      ? { json: read(method, path, state, operations, request), isEffective: false }
      : begin(change, path, state, operations, request, wanted);
  contract.checkReply(method, json);
  return { status: 200, json, isEffective };
}

// Where a permission's name is not its method's.
const PERMISSIONS: Record<string, string> = {
  'compute.zoneOperations.wait': 'compute.zoneOperations.get',
  'compute.disks.insert': 'compute.disks.create',
};

function read(
  method: string,
  path: string,
  state: GceState,
  operations: Operations,
  { body }: CloudRequest,
): Json {
  const name = path.slice(path.lastIndexOf('/') + 1);
  switch (method) {
    case 'compute.instances.get':
      return have(state.instances.get(path));
    case 'compute.disks.get':
      return have(state.disks.get(path));
    case 'compute.snapshots.get':
      return have(state.snapshots.get(path));
    case 'compute.machineTypes.get': {
      const type = Object.entries(GCE_TYPES).find(([one]) => one === name)?.[1];
      return { name, maximumPersistentDisks: 128, isSharedCpu: false, ...have(type) };
    }
    case 'compute.regions.get':
      return { name, quotas: state.quotas };
    case 'compute.zoneOperations.get':
      return operations.toJson(have(operations.find(name)));
    case 'compute.zoneOperations.wait':
      return operations.toJson(have(operations.find(path.split('/').at(-2) ?? '')));
    case 'compute.instances.testIamPermissions':
    case 'compute.disks.testIamPermissions': {
      const { permissions = [] } = body as { permissions?: string[] };
      return { permissions: permissions.filter((one) => !state.denied.has(one)) };
    }
    default:
      throw new Refusal(501, 'notImplementedByTheFake');
  }
}

function have<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Refusal(404, 'notFound');
  return thing;
}

/** What a change does: undefined means that there is nothing to do, which Google answers with an operation all the same. */
type Change = (
  target: string,
  state: GceState,
  request: CloudRequest,
) => Pick<Operation, 'finish' | 'undo'> | undefined;

function begin(
  change: Change,
  path: string,
  state: GceState,
  operations: Operations,
  request: CloudRequest,
  wanted: Wanted,
): { json: Json; isEffective: boolean } {
  const requestId = request.query.get('requestId');
  const known = operations.repeated(requestId);
  if (known !== undefined) return { json: operations.toJson(known), isEffective: false };
  const { resource: target } = identify(request) ?? { resource: path };
  if (operations.isBusy(target)) throw new Refusal(400, 'resourceNotReady');
  const effect = change(target, state, request);
  const nothing = { finish: () => undefined, undo: () => undefined };
  const type = path.slice(path.lastIndexOf('/') + 1);
  const operation = operations.begin({ target, type, ...(effect ?? nothing) }, requestId, wanted);
  return {
    json: operations.toJson(operation),
    isEffective: effect !== undefined && wanted.fails === undefined,
  };
}

const CHANGING: Record<string, Change> = {
  'compute.instances.stop': (target, { instances }) => {
    const instance = have(instances.get(target));
    if (instance.status !== 'RUNNING') return undefined;
    return move(instance, 'STOPPING', 'TERMINATED');
  },
  'compute.instances.start': (target, { instances }) => {
    const instance = have(instances.get(target));
    if (instance.status !== 'TERMINATED') return undefined;
    return move(instance, 'STAGING', 'RUNNING');
  },
  'compute.instances.setMachineType': (target, { instances }, { body }) => {
    const instance = have(instances.get(target));
    if (instance.status !== 'TERMINATED') throw new Refusal(400, 'resourceNotReady');
    const { machineType = '' } = body as { machineType?: string };
    const name = machineType.slice(machineType.lastIndexOf('/') + 1);
    if (!Object.hasOwn(GCE_TYPES, name)) throw new Refusal(400, 'invalid');
    const finish = () => {
      instance.machineType = `https://www.googleapis.com/compute/v1/${AT}/machineTypes/${name}`;
    };
    return { finish, undo: () => undefined };
  },
  'compute.disks.createSnapshot': (target, { disks, snapshots }, { body }) => {
    const disk = have(disks.get(target));
    const { name, ...rest } = body as Json & { name: string };
    const path = `projects/${PROJECT}/global/snapshots/${name}`;
    if (snapshots.has(path)) throw new Refusal(409, 'alreadyExists');
    const key = disk['diskEncryptionKey'] as { kmsKeyName?: string } | undefined;
    const snapshot = {
      ...rest,
      name,
      status: 'UPLOADING',
      diskSizeGb: disk['sizeGb'],
      sourceDisk: `https://www.googleapis.com/compute/v1/${target}`,
      ...(key?.kmsKeyName === undefined
        ? {}
        : { snapshotEncryptionKey: { kmsKeyName: `${key.kmsKeyName}/cryptoKeyVersions/1` } }),
    };
    snapshots.set(path, snapshot);
    return {
      finish: () => void (snapshot.status = 'READY'),
      undo: () => void (snapshot.status = 'FAILED'),
    };
  },
  'compute.disks.delete': (target, { disks }) => {
    const disk = have(disks.get(target));
    if (disk.users.length > 0) throw new Refusal(400, 'resourceInUseByAnotherResource');
    disk.status = 'DELETING';
    return {
      finish: () => void disks.delete(target),
      undo: () => void (disk.status = 'READY'),
    };
  },
  'compute.disks.insert': (target, { disks, snapshots }, { body }) => {
    if (disks.has(target)) throw new Refusal(409, 'alreadyExists');
    const given = body as Json & { name: string; sourceSnapshot?: string };
    if (given.sourceSnapshot !== undefined) have(snapshots.get(given.sourceSnapshot));
    const disk: Disk = {
      ...given,
      status: 'RESTORING',
      users: [],
      sourceSnapshot: `https://www.googleapis.com/compute/v1/${given.sourceSnapshot ?? ''}`,
    };
    disks.set(target, disk);
    return {
      finish: () => void (disk.status = 'READY'),
      undo: () => void disks.delete(target),
    };
  },
};

function move(instance: Instance, meanwhile: string, then: string): ReturnType<Change> {
  const { status } = instance;
  instance.status = meanwhile;
  return {
    finish: () => void (instance.status = then),
    undo: () => void (instance.status = status),
  };
}

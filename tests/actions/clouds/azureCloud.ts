/**
 * A fake of Azure Resource Manager for virtual machines, disks and snapshots: Microsoft's own generated fakes cannot do
 * long-running operations over HTTP, and no other counterpart exists on the registries. It keeps state, answers changes with
 * 202 (or 200/201 and a resource that is on its way) and `Azure-AsyncOperation`, refuses with 409 while an operation runs and
 * with 412 when an entity tag is old. Microsoft's Python client is driven against it as well as ours.
 */
import { giveToken, SECRETS } from '../../mcp/azure/azureProxy.ts';
import { AZURE_SKUS } from './azureSkus.ts';
import type { CloudRequest } from './cloudFaults.ts';
import type { Cloud, CloudReply, Wanted } from './startCloudServer.ts';

export const SUBSCRIPTION = '11111111-1111-1111-1111-111111111111';
export const LOCATION = 'westeurope';

type Json = Record<string, unknown>;

/** A machine; `power` is the last part of its PowerState. */
interface Vm {
  json: Json & { name: string; properties: Json };
  power: string;
  provisioning: string;
  version: number;
  /** Starts of the guest system: a change of size while it runs is one. */
  boots: number;
}
interface Thing {
  json: Json & { name: string; properties: Json };
}
interface Operation {
  id: string;
  target: string;
  dueAt: number;
  status: 'InProgress' | 'Succeeded' | 'Failed';
  fails: string | undefined;
  finish: () => void;
  undo: () => void;
}

/** What is in the subscription, by lower-cased id; a test may put in what it needs. */
export interface AzureState {
  vms: Map<string, Vm>;
  disks: Map<string, Thing>;
  snapshots: Map<string, Thing>;
  locks: { scope: string; name: string; level: string }[];
  usages: { name: string; used: number; limit: number }[];
  /** Names of sizes that availability sets offer. */
  setSizes: string[];
  denied: Set<string>;
  latencyMs: number;
  mistakes: string[];
}

/** A subscription with nothing in it. */
export function createAzureState(): AzureState {
  return {
    vms: new Map(),
    disks: new Map(),
    snapshots: new Map(),
    locks: [],
    usages: [
      { name: 'cores', used: 10, limit: 100 },
      { name: 'standardDSv5Family', used: 10, limit: 20 },
    ],
    setSizes: ['Standard_D4s_v5', 'Standard_D2s_v5'],
    denied: new Set(),
    latencyMs: 30,
    mistakes: [],
  };
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** Opens the cloud over a state. */
export function openAzureCloud(state: AzureState): (url: string) => Cloud {
  return (url) => {
    const operations = createOperations(state, url);
    const answer = (request: CloudRequest, wanted: Wanted): CloudReply => {
      if (request.path === '/msi/token') {
        const path = `${request.path}?${request.query.toString()}`;
        const headers = request.headers as Record<string, string>;
        const given = giveToken({ path, headers });
        return { status: given.status ?? 200, json: given.json, isEffective: false };
      }
      try {
        return serve(state, operations, request, wanted);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const json = refuse(error.code);
        return { status: error.status, json, isEffective: false };
      }
    };
    return { identify, answer, refuse };
  };
}

const refuse = (code: string) => ({ error: { code, message: 'planted words of Azure' } });

const RESOURCE =
  /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/(virtualmachines|disks|snapshots|availabilitysets)\/[^/]+)(?:\/(\w+))?$/i;
const NAMES: Record<string, string> = {
  virtualmachines: 'virtualMachines',
  availabilitysets: 'availabilitySets',
};
const VERBS: Record<string, string> = {
  GET: 'get',
  PUT: 'createOrUpdate',
  PATCH: 'update',
  DELETE: 'delete',
};

// A snapshot is made of a disk: the call is about that disk.
function identify({ method, path, body }: CloudRequest) {
  if (path === '/msi/token') return undefined;
  const [, id, kind, verb] = RESOURCE.exec(path) ?? [];
  if (id === undefined || kind === undefined) {
    const name = path.includes('/permissions')
      ? 'permissions.list'
      : (path.split('/').at(-1) ?? '');
    return {
      name: path.includes('/operations/') ? 'operations.get' : name,
      resource: path,
      isChange: false,
    };
  }
  const name = `${NAMES[kind.toLowerCase()] ?? kind.toLowerCase()}.${verb ?? VERBS[method] ?? method}`;
  const isChange = method !== 'GET';
  const isSnapshot = isChange && kind.toLowerCase() === 'snapshots';
  return { name, resource: (isSnapshot && sourceOf(body)) || id, isChange };
}

function sourceOf(body: unknown): string {
  type Made = { properties?: { creationData?: { sourceResourceId?: string } } };
  return ((body ?? {}) as Made).properties?.creationData?.sourceResourceId ?? '';
}

type Operations = ReturnType<typeof createOperations>;

function createOperations(state: AzureState, url: string) {
  const all = new Map<string, Operation>();
  const at = `${url}/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Compute/locations/${LOCATION}/operations`;
  return {
    /** Ends what is due; nothing runs by itself. */
    settle: (): void => {
      for (const operation of all.values()) {
        if (operation.status !== 'InProgress' || operation.dueAt > Date.now()) continue;
        operation.status = operation.fails === undefined ? 'Succeeded' : 'Failed';
        if (operation.fails === undefined) operation.finish();
        else operation.undo();
      }
    },
    find: (id: string) => all.get(id),
    isBusy: (target: string) =>
      [...all.values()].some((one) => one.target === target && one.status === 'InProgress'),
    begin: (
      given: Pick<Operation, 'target' | 'finish' | 'undo'>,
      { fails, takesMs }: Wanted,
    ): Record<string, string> => {
      const id = `00000000-0000-4000-8000-${String(all.size + 1).padStart(12, '0')}`;
      const dueAt = Date.now() + (takesMs ?? state.latencyMs);
      all.set(id, { ...given, id, dueAt, status: 'InProgress', fails });
      return {
        'azure-asyncoperation': `${at}/${id}?p=x&api-version=2025-04-01`,
        location: `${at}/${id}?p=x&monitor=true&api-version=2025-04-01`,
        'retry-after': '0',
        'x-ms-request-id': id,
      };
    },
  };
}

function serve(
  state: AzureState,
  operations: Operations,
  request: CloudRequest,
  wanted: Wanted,
): CloudReply {
  if (request.headers['authorization'] !== `Bearer ${SECRETS.token}`) {
    throw new Refusal(401, 'AuthenticationFailed');
  }
  if (!/^\d{4}-\d\d-\d\d$/.test(request.query.get('api-version') ?? '')) {
    state.mistakes.push(`${request.method} ${request.path} came without its api-version`);
    throw new Refusal(400, 'MissingApiVersionParameter');
  }
  operations.settle();
  const { path, method } = request;
  const [, id, kind, verb] = RESOURCE.exec(path) ?? [];
  if (id === undefined || kind === undefined) return readAround(state, operations, request);
  const things = { kind: kind.toLowerCase(), id: id.toLowerCase(), verb: verb?.toLowerCase() };
  assertAllowed(state, things, method);
  if (method === 'GET') return { status: 200, json: read(state, things), isEffective: false };
  if (operations.isBusy(things.id)) throw new Refusal(409, 'Conflict');
  const change = CHANGES[`${method} ${things.kind}${things.verb ? `/${things.verb}` : ''}`];
  if (change === undefined) return unknown(state, request);
  const done = change(state, things.id, request);
  if (done === undefined) return { status: method === 'DELETE' ? 204 : 200, isEffective: false };
  const headers = operations.begin({ target: things.id, ...done }, wanted);
  const isEffective = wanted.fails === undefined;
  return { status: done.status, json: done.json?.(), headers, isEffective };
}

function unknown(state: AzureState, { method, path }: CloudRequest): never {
  state.mistakes.push(`Azure has no ${method} ${path}, or the fake has not`);
  throw new Refusal(404, 'InvalidResourceType');
}

interface At {
  kind: string;
  id: string;
  verb: string | undefined;
}

function assertAllowed({ denied, locks }: AzureState, { kind, id, verb }: At, method: string) {
  const name = NAMES[kind] ?? kind;
  const suffix =
    verb === undefined
      ? ({ GET: 'read', DELETE: 'delete' }[method] ?? 'write')
      : method === 'GET'
        ? `${verb}/read`
        : `${verb}/action`;
  if (denied.has(`Microsoft.Compute/${name}/${suffix}`))
    throw new Refusal(403, 'AuthorizationFailed');
  if (method === 'GET') return;
  const lock = locks.find(({ scope }) => id.startsWith(scope.toLowerCase()));
  if (lock && (lock.level === 'ReadOnly' || method === 'DELETE'))
    throw new Refusal(409, 'ScopeLocked');
}

function readAround(state: AzureState, operations: Operations, request: CloudRequest): CloudReply {
  const ok = (json: unknown): CloudReply => ({ status: 200, json, isEffective: false });
  const { path } = request;
  const operation = operations.find(/\/operations\/([^/]+)$/.exec(path)?.[1] ?? '');
  if (operation !== undefined) {
    const { status, fails } = operation;
    const isRunning = status === 'InProgress';
    if (request.query.get('monitor') === 'true') {
      return { status: isRunning ? 202 : 200, isEffective: false };
    }
    const error = { code: fails, message: 'planted words of Azure' };
    const json = { name: operation.id, status, ...(status === 'Failed' ? { error } : {}) };
    return { ...ok(json), ...(isRunning ? { headers: { 'retry-after': '1' } } : {}) };
  }
  if (path.endsWith('/providers/Microsoft.Authorization/permissions')) {
    return ok({ value: [{ actions: ['*'], notActions: [...state.denied] }] });
  }
  if (path.endsWith('/providers/Microsoft.Authorization/locks')) {
    const here = state.locks.filter(({ scope }) =>
      path.toLowerCase().startsWith(scope.toLowerCase()),
    );
    return ok({ value: here.map(({ name, level }) => ({ name, properties: { level } })) });
  }
  if (path.endsWith('/providers/Microsoft.Compute/skus')) return ok({ value: AZURE_SKUS });
  if (path.endsWith(`/locations/${LOCATION}/usages`)) {
    const row = ({ name, used, limit }: AzureState['usages'][number]) => ({
      unit: 'Count',
      currentValue: used,
      limit,
      name: { value: name, localizedValue: name },
    });
    return ok({ value: state.usages.map(row) });
  }
  return unknown(state, request);
}

function have<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Refusal(404, 'ResourceNotFound');
  return thing;
}

function read(state: AzureState, { kind, id, verb }: At): unknown {
  if (kind === 'availabilitysets') return { value: state.setSizes.map((name) => ({ name })) };
  if (kind === 'disks') return have(state.disks.get(id)).json;
  if (kind === 'snapshots') return have(state.snapshots.get(id)).json;
  const vm = have(state.vms.get(id));
  return verb === 'instanceview' ? instanceView(vm) : toVm(vm);
}

function instanceView({ power, provisioning }: Vm) {
  return {
    hyperVGeneration: 'V2',
    statuses: [
      { code: `ProvisioningState/${provisioning.toLowerCase()}`, level: 'Info' },
      { code: `PowerState/${power}`, level: 'Info' },
    ],
  };
}

function toVm(vm: Vm) {
  const properties = {
    ...vm.json.properties,
    provisioningState: vm.provisioning,
    instanceView: instanceView(vm),
  };
  return { ...vm.json, etag: `"${vm.version}"`, properties };
}

/** A change under way; undefined where there is nothing to do. */
type Begun = Pick<Operation, 'finish' | 'undo'> & { status: number; json?: () => unknown };
type Change = (state: AzureState, id: string, request: CloudRequest) => Begun | undefined;

const CHANGES: Record<string, Change> = {
  'POST virtualmachines/deallocate': ({ vms }, id) => {
    const vm = have(vms.get(id));
    return vm.power === 'deallocated' ? undefined : move(vm, 'deallocating', 'deallocated');
  },
  'POST virtualmachines/start': ({ vms }, id) => {
    const vm = have(vms.get(id));
    return vm.power === 'running' ? undefined : move(vm, 'starting', 'running');
  },
  'PATCH virtualmachines': ({ vms }, id, { headers, body }) => {
    const vm = have(vms.get(id));
    const wanted = headers['if-match'];
    if (wanted !== undefined && wanted !== `"${vm.version}"`) {
      throw new Refusal(412, 'PreconditionFailed');
    }
    const { properties = {} } = body as { properties?: { hardwareProfile?: { vmSize?: string } } };
    const vmSize = properties.hardwareProfile?.vmSize ?? '';
    if (!AZURE_SKUS.some(({ name }) => name === vmSize)) throw new Refusal(400, 'InvalidParameter');
    vm.provisioning = 'Updating';
    return {
      status: 200,
      json: () => toVm(vm),
      finish: () => {
        if (vm.power === 'running') vm.boots += 1;
        vm.version += 1;
        vm.provisioning = 'Succeeded';
        vm.json.properties['hardwareProfile'] = { vmSize };
      },
      undo: () => void (vm.provisioning = 'Failed'),
    };
  },
  'PUT snapshots': ({ snapshots, disks }, id, { body, path }) => {
    have(disks.get(sourceOf(body).toLowerCase()));
    return put(snapshots, id, path, body as Json & { properties: Json });
  },
  'PUT disks': ({ snapshots, disks }, id, { body, path }) => {
    have(snapshots.get(sourceOf(body).toLowerCase()));
    return put(disks, id, path, body as Json & { properties: Json });
  },
  'DELETE disks': ({ disks }, id) => {
    const disk = disks.get(id);
    if (disk === undefined) return undefined;
    if (disk.json['managedBy'] !== undefined) throw new Refusal(409, 'DiskIsAttachedToVM');
    return { status: 202, finish: () => void disks.delete(id), undo: () => undefined };
  },
};

function move(vm: Vm, meanwhile: string, then: string): Begun {
  const { power } = vm;
  vm.power = meanwhile;
  vm.provisioning = 'Updating';
  return {
    status: 202,
    finish: () => {
      vm.power = then;
      vm.provisioning = 'Succeeded';
      if (then === 'running') vm.boots += 1;
    },
    undo: () => {
      vm.power = power;
      vm.provisioning = 'Failed';
    },
  };
}

/** Makes a thing; what is there already and the same is left alone. */
function put(
  things: Map<string, Thing>,
  id: string,
  path: string,
  given: Json & { properties: Json },
): Begun | undefined {
  const known = things.get(id);
  if (known !== undefined) return undefined;
  const properties: Json = { ...given.properties, provisioningState: 'Updating' };
  const json = { ...given, id: path, name: path.split('/').at(-1) ?? '', properties };
  things.set(id, { json });
  return {
    status: 202,
    json: () => json,
    finish: () => {
      properties['provisioningState'] = 'Succeeded';
      properties['diskState'] = 'Unattached';
    },
    undo: () => void things.delete(id),
  };
}

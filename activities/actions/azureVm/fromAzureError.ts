import { CostGuardError, type ErrorCode } from '../../../core/errors.ts';

/** What went wrong: a refused request, or a long-running operation that failed after its request was taken. */
export interface AzureFailure {
  /** HTTP status; undefined for an operation. */
  status: number | undefined;
  /** Azure's own word, such as `AllocationFailed`. */
  code: string;
  /** For telling apart what one code stands for; never passed on. */
  message?: string | undefined;
  retryAfterMs?: number | undefined;
}

/**
 * Turns a failure into ours. `permission` is what the call needs, such as
 * `Microsoft.Compute/virtualMachines/start/action`. Nothing that Azure wrote is passed on: it quotes object ids and scopes.
 *
 * @see https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/error-messages
 */
export function fromAzureError(failure: AzureFailure, permission: string): CostGuardError {
  const { status, code: azureCode, retryAfterMs } = failure;
  const [code, detail] = BY_CODE[azureCode]?.(permission, failure) ?? byStatus(failure, permission);
  return new CostGuardError(code, detail, {
    internal: { permission, azureStatus: status, azureCode },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

type Answer = readonly [ErrorCode, string];

const missing = (permission: string): Answer => [
  'permission_missing',
  `Grant ${permission} on this resource to the identity of the action worker.`,
];
const linked = (permission: string): Answer => [
  'permission_missing',
  `Azure let the identity of the action worker do ${permission}, but not use what the resource is linked with; grant Microsoft.Network/networkInterfaces/join/action and Microsoft.Compute/disks/write in its resource group as well.`,
];
const rejected = (): Answer => [
  'credentials_rejected',
  'Azure rejected the credentials of the action worker; renew them.',
];
const throttled = (): Answer => ['provider_throttled', 'Azure asked us to slow down.'];
const noCapacity = (): Answer => [
  'capacity_unavailable',
  'Azure has no capacity for this size there now; try later or choose another size.',
];
const quota = (): Answer => [
  'quota_exceeded',
  'A quota of the subscription is used up in this region; ask Azure for a higher one.',
];
const busy = (): Answer => [
  'resource_busy',
  'Another operation on the resource has not ended; the step is repeated.',
];
const gone = (): Answer => ['resource_not_found', 'Azure knows no such resource.'];
const changed = (): Answer => [
  'resource_changed',
  'Somebody else changed the resource in the meantime.',
];
const locked = (): Answer => [
  'change_not_possible',
  'A lock keeps the resource from being changed; remove it first.',
];
const badSize = (): Answer => [
  'resize_not_supported',
  'Azure does not allow this size for this machine.',
];
const unreachable = (): Answer => ['provider_unavailable', 'Azure could not answer now.'];

// One code for all that is not allowed as things stand; only the words tell a quota apart.
const notAllowed = (permission: string, { message = '' }: AzureFailure): Answer => {
  if (/quota|core limit|exceeding approved/i.test(message)) return quota();
  if (permission.endsWith('/virtualMachines/write')) return badSize();
  return ['provider_refused', `Azure does not allow ${permission} as the resource stands.`];
};

const BY_CODE: Readonly<
  Partial<Record<string, (permission: string, failure: AzureFailure) => Answer>>
> = {
  AllocationFailed: noCapacity,
  ZonalAllocationFailed: noCapacity,
  OverconstrainedAllocationRequest: noCapacity,
  OverconstrainedZonalAllocationRequest: noCapacity,
  SkuNotAvailable: noCapacity,
  QuotaExceeded: quota,
  OperationNotAllowed: notAllowed,
  InvalidParameter: (permission) =>
    permission.endsWith('/virtualMachines/write')
      ? badSize()
      : refused(permission, 'InvalidParameter'),
  PropertyChangeNotAllowed: badSize,
  Conflict: busy,
  AttachDiskWhileBeingDetached: busy,
  AnotherOperationInProgress: busy,
  OperationPreempted: changed,
  OperationPreemptedByMoreRecentOperation: changed,
  DiskIsAttachedToVM: changed,
  ScopeLocked: locked,
  AuthorizationFailed: missing,
  LinkedAuthorizationFailed: linked,
  AuthenticationFailed: rejected,
  ExpiredAuthenticationToken: rejected,
  InvalidAuthenticationToken: rejected,
  InvalidAuthenticationTokenTenant: rejected,
  ResourceNotFound: gone,
  ResourceGroupNotFound: gone,
  SubscriptionNotFound: gone,
  NotFound: gone,
  TooManyRequests: throttled,
  OperationTimedOut: unreachable,
  InternalExecutionError: unreachable,
  NetworkingInternalOperationError: unreachable,
  InternalOperationError: unreachable,
};

function refused(permission: string, code: string): Answer {
  const named = /^\w{1,60}$/.test(code) ? ` (${code})` : '';
  return [
    'provider_refused',
    `Azure refused ${permission}${named}; the worker’s log has its answer.`,
  ];
}

function byStatus({ status, code }: AzureFailure, permission: string): Answer {
  if (status === 401) return rejected();
  if (status === 403) return missing(permission);
  if (status === 404) return gone();
  if (status === 409) return busy();
  if (status === 412) return changed();
  if (status === 429) return throttled();
  if (status !== undefined && status >= 500) return unreachable();
  return refused(permission, code);
}

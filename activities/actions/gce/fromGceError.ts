import { CostGuardError, type ErrorCode } from '../../../core/errors.ts';

/** What went wrong: a refused request, or an operation that failed after its request was taken. */
export interface GceFailure {
  /** HTTP status; undefined for an operation. */
  status: number | undefined;
  /** Google's own word, such as `quotaExceeded` or `ZONE_RESOURCE_POOL_EXHAUSTED`. */
  reason: string;
  retryAfterMs?: number | undefined;
}

/**
 * Turns a failure into ours. `permission` is what the call needs, such as `compute.instances.stop`. Nothing of Google's
 * messages is passed on: they quote principals and project numbers.
 *
 * @see https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-resource-availability
 * @see https://cloud.google.com/compute/docs/api/how-tos/service-error-catalog
 */
export function fromGceError(failure: GceFailure, permission: string): CostGuardError {
  const { status, reason, retryAfterMs } = failure;
  const [code, detail] = BY_REASON[reason]?.(permission) ?? byStatus(failure, permission);
  return new CostGuardError(code, detail, {
    internal: { permission, googleStatus: status, googleReason: reason },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

type Answer = readonly [ErrorCode, string];

const missing = (permission: string): Answer => [
  'permission_missing',
  `Grant ${permission} on this resource to the credentials of the action worker.`,
];
const rejected = (): Answer => [
  'credentials_rejected',
  'Google rejected the credentials of the action worker; renew them.',
];
const throttled = (): Answer => ['provider_throttled', 'Google asked us to slow down.'];
const noCapacity = (): Answer => [
  'capacity_unavailable',
  'Google has no capacity for this machine type in the zone now; try later or choose another type.',
];
const quota = (): Answer => [
  'quota_exceeded',
  'A quota of the project is used up; ask Google for a higher one.',
];
const busy = (): Answer => [
  'resource_busy',
  'The resource is still changing its state; the step is repeated.',
];
const gone = (): Answer => ['resource_not_found', 'Google knows no such resource in this project.'];
const inUse = (): Answer => ['resource_changed', 'Something uses the resource again.'];
const notPossible = (): Answer => [
  'resize_not_supported',
  'Google does not allow this machine type for this instance.',
];
const unreachable = (): Answer => ['provider_unavailable', 'Google could not be reached.'];
const isOff = (): Answer => [
  'provider_refused',
  'The Compute Engine API is switched off in the project; enable compute.googleapis.com.',
];

const BY_REASON: Readonly<Partial<Record<string, (permission: string) => Answer>>> = {
  ZONE_RESOURCE_POOL_EXHAUSTED: noCapacity,
  ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS: noCapacity,
  RESOURCE_POOL_EXHAUSTED: noCapacity,
  resource_availability: noCapacity,
  STOCKOUT: noCapacity,
  QUOTA_EXCEEDED: quota,
  QUOTA_LIMIT: quota,
  quotaExceeded: quota,
  limitExceeded: quota,
  rateLimitExceeded: throttled,
  userRateLimitExceeded: throttled,
  RATE_LIMIT_EXCEEDED: throttled,
  RESOURCE_OPERATION_RATE_EXCEEDED: throttled,
  resourceOperationRateExceeded: throttled,
  resourceNotReady: busy,
  RESOURCE_NOT_READY: busy,
  operationInProgress: busy,
  OPERATION_IN_PROGRESS: busy,
  resourceInUseByAnotherResource: inUse,
  RESOURCE_IN_USE_BY_ANOTHER_RESOURCE: inUse,
  RESOURCE_NOT_FOUND: gone,
  notFound: gone,
  PERMISSIONS_ERROR: missing,
  IAM_PERMISSION_DENIED: missing,
  authError: rejected,
  accessNotConfigured: isOff,
  SERVICE_DISABLED: isOff,
  UNSUPPORTED_OPERATION: notPossible,
  INVALID_USAGE: notPossible,
  INTERNAL_ERROR: unreachable,
};

function byStatus({ status, reason }: GceFailure, permission: string): Answer {
  if (status === 401) return rejected();
  if (status === 403) return missing(permission);
  if (status === 404) return gone();
  if (status === 409 || status === 412) return busy();
  if (status === 429) return throttled();
  if (status !== undefined && status >= 500) return unreachable();
  if (status === 400 && permission === 'compute.instances.setMachineType') return notPossible();
  const named = /^\w{1,60}$/.test(reason) ? ` (${reason})` : '';
  return [
    'provider_refused',
    `Google refused ${permission}${named}; the worker’s log has its answer.`,
  ];
}

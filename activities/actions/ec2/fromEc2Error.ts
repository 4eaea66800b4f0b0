import { CostGuardError, type ErrorCode } from '../../../core/errors.ts';

/**
 * Turns an error of an EC2 call into ours; `operation` is the call, such as `StopInstances`. The provider's message,
 * which can hold account ids and ARNs, goes to `cause` only.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export function fromEc2Error(error: unknown, operation: string): CostGuardError {
  if (error instanceof CostGuardError) return error;
  const name = error instanceof Error ? error.name : '';
  const { status, requestId } = metadataOf(error);
  const [code, detail] = BY_NAME[name]?.(operation) ?? byStatus(status, operation, name);
  return new CostGuardError(code, detail, {
    cause: error,
    internal: { operation, awsError: name, awsStatus: status, awsRequestId: requestId },
  });
}

type Answer = readonly [ErrorCode, string];

const missing = (operation: string): Answer => [
  'permission_missing',
  `Grant ec2:${operation} on this instance to the credentials of the action worker.`,
];
const rejected = (): Answer => [
  'credentials_rejected',
  'AWS rejected the credentials of the action worker; renew them.',
];
const throttled = (): Answer => ['provider_throttled', 'AWS asked us to slow down.'];
const noCapacity = (): Answer => [
  'capacity_unavailable',
  'AWS has no capacity for this instance type in the zone now; try later or choose another type.',
];
const quota = (): Answer => [
  'quota_exceeded',
  'The account’s quota for running instances of this type is used up; ask AWS for a higher one.',
];
const gone = (): Answer => ['resource_not_found', 'The instance does not exist in this region.'];
const badType = (): Answer => [
  'resize_not_supported',
  'AWS does not allow this instance type for this instance.',
];
const unreachable = (): Answer => ['provider_unavailable', 'AWS could not be reached.'];

const BY_NAME: Readonly<Partial<Record<string, (operation: string) => Answer>>> = {
  UnauthorizedOperation: missing,
  AccessDenied: missing,
  AccessDeniedException: missing,
  AuthFailure: rejected,
  InvalidClientTokenId: rejected,
  ExpiredToken: rejected,
  RequestExpired: rejected,
  SignatureDoesNotMatch: rejected,
  CredentialsProviderError: () => [
    'credentials_rejected',
    'The action worker found no AWS credentials; give it a role or set the AWS variables.',
  ],
  OptInRequired: rejected,
  RequestLimitExceeded: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  InsufficientInstanceCapacity: noCapacity,
  InsufficientHostCapacity: noCapacity,
  InsufficientCapacity: noCapacity,
  VcpuLimitExceeded: quota,
  InstanceLimitExceeded: quota,
  'InvalidInstanceID.NotFound': gone,
  'InvalidInstanceID.Malformed': gone,
  IncorrectInstanceState: () => [
    'resource_busy',
    'The instance is still changing its state; the step is repeated.',
  ],
  OperationNotPermitted: (operation) => [
    'resize_not_supported',
    `The instance is protected against ${operation}; lift the protection first.`,
  ],
  InvalidInstanceType: badType,
  InvalidInstanceAttributeValue: badType,
  InvalidParameterCombination: badType,
  InvalidParameterValue: badType,
  Unsupported: badType,
  UnsupportedOperation: badType,
  TimeoutError: unreachable,
  NetworkingError: unreachable,
};

function byStatus(status: number | undefined, operation: string, name: string): Answer {
  if (status === undefined || status >= 500) return unreachable();
  if (status === 429) return throttled();
  const named = /^[A-Za-z][A-Za-z.]{0,60}$/.test(name) ? ` (${name})` : '';
  return ['provider_refused', `AWS refused ${operation}${named}; the worker’s log has its answer.`];
}

function metadataOf(error: unknown): { status: number | undefined; requestId: string | undefined } {
  if (!(error instanceof Error) || !('$metadata' in error)) {
    return { status: undefined, requestId: undefined };
  }
  const metadata = error.$metadata as { httpStatusCode?: number; requestId?: string } | undefined;
  return { status: metadata?.httpStatusCode, requestId: metadata?.requestId };
}

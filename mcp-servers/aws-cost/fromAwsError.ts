import { ToolError } from '../../core/mcp/toolError.ts';

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'NotAuthorized',
  'UnauthorizedException',
]);
const EXPIRED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenRefreshRequired',
]);
const REJECTED = new Set([
  'CredentialsProviderError',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);
const THROTTLED = new Set([
  'LimitExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);
const NOT_OFFERED = new Set([
  'BillExpirationException',
  'DataUnavailableException',
  'OptInRequired',
  'SubscriptionRequiredException',
  'UnknownOperationException',
]);
const RETRY_AFTER_MS = 10_000;

/**
 * The tool error for an error of the AWS SDK. `permission` is the IAM action that the request needed. Neither message nor
 * log carries what AWS wrote: it can quote ARNs and, for a wrong signature, the session token.
 */
export function fromAwsError(error: unknown, permission: string): ToolError {
  if (error instanceof ToolError) return error;
  const { name, status, retryAfterMs } = read(error);
  const cause = new Error(`${permission}: ${name} (HTTP ${status ?? 'none'})`);
  if (DENIED.has(name)) {
    return new ToolError(
      'PERMISSION_MISSING',
      `AWS refused ${permission}: the credentials do not allow it. Add the action ${permission} to the IAM policy of this connection, or check that Cost Explorer is open to IAM users in the billing settings.`,
      { permission, cause },
    );
  }
  if (EXPIRED.has(name)) {
    return new ToolError(
      'AUTH_EXPIRED',
      'The AWS credentials of this connection have expired. Renew them (for instance sign in again or let the role be assumed anew), then call again.',
      { cause },
    );
  }
  if (REJECTED.has(name)) {
    return new ToolError(
      'AUTH_EXPIRED',
      'AWS did not accept the credentials of this connection, or none were found. Set credentials in the AWS default chain (environment, profile, or role), then call again.',
      { cause },
    );
  }
  if (THROTTLED.has(name) || status === 429) {
    return new ToolError('THROTTLED', 'AWS asks to slow down. Wait, then call again.', {
      retryAfterMs: retryAfterMs ?? RETRY_AFTER_MS,
      cause,
    });
  }
  if (NOT_OFFERED.has(name)) {
    return new ToolError(
      'UNSUPPORTED',
      'AWS has no such data for this account: Cost Explorer is not enabled, has not finished preparing it (up to 24 h), or the granularity is not switched on in its settings.',
      { cause },
    );
  }
  return unusual(name, status, cause);
}

function unusual(name: string, status: number | undefined, cause: Error): ToolError {
  if (name === 'TimeoutError' || name === 'AbortError') {
    return new ToolError('TIMEOUT', 'AWS did not answer in time. Call again.', { cause });
  }
  if (name === 'ValidationException') {
    return new ToolError(
      'INVALID_ARGUMENT',
      'AWS refused the request as not valid; most often the period is older than what the account keeps, or a tag key is not activated for cost allocation.',
      { cause },
    );
  }
  const clientSide = status !== undefined && status >= 400 && status < 500;
  return new ToolError(
    'UPSTREAM_FAILED',
    status === undefined
      ? 'AWS could not be reached, or the connection broke. Call again.'
      : `AWS answered with an error (HTTP ${status}) or not in the form that its API promises. Call again; if it stays, check the endpoint and AWS's service health.`,
    { retryable: !clientSide, cause },
  );
}

interface AwsFailure {
  name: string;
  status: number | undefined;
  retryAfterMs: number | undefined;
}

function read(error: unknown): AwsFailure {
  if (!(error instanceof Error))
    return { name: 'unknown', status: undefined, retryAfterMs: undefined };
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number; headers?: Record<string, string> };
  };
  const seconds = Number($response?.headers?.['retry-after']);
  const { code } = error as { code?: unknown };
  return {
    // The SDK calls a broken connection a timeout as well.
    name: code === 'ECONNRESET' || code === 'EPIPE' ? code : error.name,
    status: $metadata?.httpStatusCode ?? $response?.statusCode,
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : undefined,
  };
}

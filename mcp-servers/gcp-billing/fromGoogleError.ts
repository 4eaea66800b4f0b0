import { ToolError } from '../../core/mcp/toolError.ts';
import { GoogleAuthError, GoogleReplyError } from './googleHttp.ts';

const THROTTLED = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'jobRateLimitExceeded',
  'quotaExceeded',
  'RESOURCE_EXHAUSTED',
  'RATE_LIMIT_EXCEEDED',
]);
const API_OFF = new Set(['accessNotConfigured', 'SERVICE_DISABLED', 'billingNotEnabled']);
const TOO_LARGE = new Set(['bytesBilledLimitExceeded', 'responseTooLarge', 'resourcesExceeded']);
const RETRY_AFTER_MS = 10_000;

/**
 * The tool error for an error of a Google API. `permission` is the IAM permission that the request needed. Neither message
 * nor log carries what Google wrote: it can quote queries, principals and tokens.
 */
export function fromGoogleError(error: unknown, permission: string): ToolError {
  if (error instanceof ToolError) return error;
  if (error instanceof GoogleAuthError) return fromAuthError(error, permission);
  if (error instanceof GoogleReplyError) return fromReply(error, permission);
  const name = error instanceof Error ? error.name : 'unknown';
  const cause = new Error(`${permission}: ${name}`);
  if (name === 'TimeoutError' || name === 'AbortError') {
    return new ToolError('TIMEOUT', 'Google did not answer in time. Call again.', { cause });
  }
  return new ToolError(
    'UPSTREAM_FAILED',
    'Google could not be reached, or the connection broke. Call again.',
    { cause },
  );
}

function fromReply(
  { status, reason, retryAfterMs }: GoogleReplyError,
  permission: string,
): ToolError {
  const cause = new Error(`${permission}: ${reason} (HTTP ${status})`);
  if (status === 429 || THROTTLED.has(reason)) {
    return new ToolError('THROTTLED', 'Google asks to slow down. Wait, then call again.', {
      retryAfterMs: retryAfterMs ?? RETRY_AFTER_MS,
      cause,
    });
  }
  if (TOO_LARGE.has(reason)) {
    return new ToolError(
      'RESULT_TOO_LARGE',
      'BigQuery ended the query because it would scan or return more than is allowed. Ask for a shorter period or fewer groups, or have an operator raise GCP_BYTES_PER_QUERY.',
      { cause },
    );
  }
  if (API_OFF.has(reason)) {
    return new ToolError(
      'UNSUPPORTED',
      `The Google API behind ${permission} is switched off in the project. Enable it (gcloud services enable bigquery.googleapis.com cloudbilling.googleapis.com recommender.googleapis.com), wait some minutes, then call again.`,
      { cause },
    );
  }
  return fromStatus({ status, permission, retryAfterMs, cause });
}

function fromStatus({
  status,
  permission,
  retryAfterMs,
  cause,
}: {
  status: number;
  permission: string;
  retryAfterMs: number | undefined;
  cause: Error;
}): ToolError {
  if (status === 401) return rejected(cause);
  if (status === 403) {
    return new ToolError(
      'PERMISSION_MISSING',
      `Google refused ${permission}: the credentials do not allow it. Grant a role with the permission ${permission} to this server's principal; its README lists the least that it needs.`,
      { permission, cause },
    );
  }
  if (status === 404) {
    return new ToolError(
      'NOT_FOUND',
      `Google knows no such resource (asked with ${permission}). Check GCP_BILLING_TABLE, and that the project still exists.`,
      { cause },
    );
  }
  return new ToolError(
    'UPSTREAM_FAILED',
    `Google answered with an error (HTTP ${status}). Call again; if it stays, check that GCP_BILLING_TABLE has the columns of a billing export, and Google's service health.`,
    { retryable: status >= 500, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), cause },
  );
}

/** What went wrong before the request: the token's issuer may be away, or may not like the credentials. */
function fromAuthError({ cause: error }: GoogleAuthError, permission: string): ToolError {
  const { status: given, code } = (error ?? {}) as { status?: unknown; code?: unknown };
  const status = typeof given === 'number' ? given : 0;
  const cause = new Error(`${permission}: no access token (HTTP ${status})`);
  const isAway =
    status >= 500 ||
    status === 429 ||
    (typeof code === 'string' && /^(ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE)/.test(code));
  if (!isAway) return rejected(cause);
  return new ToolError(
    'UPSTREAM_FAILED',
    'The issuer of access tokens could not be reached or failed. Call again.',
    { cause },
  );
}

const rejected = (cause: Error): ToolError =>
  new ToolError(
    'AUTH_EXPIRED',
    'Google did not accept the credentials of this connection, they have expired, or none were found. Renew the application default credentials (GOOGLE_APPLICATION_CREDENTIALS, workload identity, or gcloud auth application-default login), then call again.',
    { cause },
  );

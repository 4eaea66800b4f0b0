import { ToolError } from '../../core/mcp/toolError.ts';
import { throttled } from './throttleGate.ts';

const NO_CREDENTIALS = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);
const DENIED = new Set(['AuthorizationFailed', 'RBACAccessDenied', 'LinkedAuthorizationFailed']);
const EXPIRED = new Set(['ExpiredAuthenticationToken', 'InvalidAuthenticationToken']);
const NOT_FOUND = new Set([
  'InvalidSubscriptionId',
  'ManagementGroupNotFound',
  'NotFound',
  'ResourceGroupNotFound',
  'SubscriptionNotFound',
]);
const RETRY_AFTER_MS = 10_000;
const RETRY_AFTER_HEADERS = [
  'retry-after',
  ...['qpu', 'entity', 'tenant', 'clienttype'].map(
    (limit) => `x-ms-ratelimit-microsoft.costmanagement-${limit}-retry-after`,
  ),
];

/** What an error of the Azure SDK says, as far as it is used. */
interface AzureFailure {
  name: string;
  code: string | undefined;
  status: number | undefined;
  header: (name: string) => string | undefined;
}

/**
 * The tool error for an error of the Azure SDKs. `permission` is the RBAC action that the request needed. Neither message
 * nor log carries what Azure wrote: it can quote object ids, scopes and tokens.
 */
export function fromAzureError(error: unknown, permission: string): ToolError {
  if (error instanceof ToolError) return error;
  const failure = read(error);
  const { name, code, status } = failure;
  const cause = new Error(
    `${permission}: ${name} ${code ?? 'without a code'} (HTTP ${status ?? 'none'})`,
  );
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new ToolError(
      'TIMEOUT',
      'Azure did not answer in time. Try again, or ask for a shorter period or fewer groups.',
      {
        cause,
      },
    );
  }
  if (NO_CREDENTIALS.has(name) && (status === undefined || status < 500)) {
    return new ToolError(
      'AUTH_EXPIRED',
      'Azure gave no token: no credentials were found, or they were refused. Give this server a managed or workload identity, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or sign in with az login, then call again.',
      { cause },
    );
  }
  if (status === 429) return throttled(longestWaitMs(failure), cause);
  return fromRefusal(failure, permission, cause) ?? fromFailure(failure, cause);
}

function fromRefusal(
  { code = '', status }: AzureFailure,
  permission: string,
  cause: Error,
): ToolError | undefined {
  if (status === 401 || EXPIRED.has(code)) {
    return new ToolError(
      'AUTH_EXPIRED',
      'Azure did not accept the token of this connection. Renew the credentials, check that they belong to the tenant of the scopes and to the cloud of AZURE_ENDPOINT_URL, then call again.',
      { cause },
    );
  }
  if (status === 403 || DENIED.has(code)) {
    return new ToolError(
      'PERMISSION_MISSING',
      `Azure refused ${permission}: the identity has no role that allows it on this scope. Assign it the role Cost Management Reader there; a new assignment takes some minutes.`,
      { permission, cause },
    );
  }
  if (status === 404 || NOT_FOUND.has(code)) {
    return new ToolError(
      'NOT_FOUND',
      'Azure knows no such scope, or this identity may not see it. Check AZURE_COST_SCOPES and the role assignments.',
      { cause },
    );
  }
  if (status === 400 || status === 422) {
    return new ToolError(
      'INVALID_ARGUMENT',
      'Azure Cost Management refused the query. Ask for another period, grouping or filter; not every agreement (EA, MCA, pay-as-you-go) knows every dimension.',
      { cause },
    );
  }
  return undefined;
}

function fromFailure({ name, code, status }: AzureFailure, cause: Error): ToolError {
  const isBroken = code === 'PARSE_ERROR' || (status !== undefined && status < 500);
  // Without a status no answer came; a programmer's error has neither.
  const isKnown = status !== undefined || code !== undefined || NO_CREDENTIALS.has(name);
  return new ToolError(
    'UPSTREAM_FAILED',
    isBroken || !isKnown
      ? 'Azure gave an answer that could not be read. Check AZURE_ENDPOINT_URL; if it is right, try later.'
      : 'Azure could not be reached or failed. Try again later; if it stays, check the network and Azure’s service health.',
    { retryable: isKnown && !isBroken, cause },
  );
}

/** The longest of all waits that an answer names, for each is of another limit and all have to pass. */
function longestWaitMs({ header }: AzureFailure): number {
  const seconds = RETRY_AFTER_HEADERS.map((name) => Number(header(name)));
  const longest = Math.max(0, ...seconds.filter((value) => Number.isFinite(value)));
  return longest > 0 ? Math.ceil(longest * 1000) : RETRY_AFTER_MS;
}

function read(error: unknown): AzureFailure {
  const none = { name: 'Unknown', code: undefined, status: undefined, header: () => undefined };
  if (!(error instanceof Error)) return none;
  const { code, statusCode, response } = error as Error & {
    code?: unknown;
    statusCode?: unknown;
    response?: { status?: number; headers?: { get(name: string): string | undefined } };
  };
  return {
    name: error.name,
    code: typeof code === 'string' ? code.slice(0, 80) : undefined,
    status: typeof statusCode === 'number' ? statusCode : response?.status,
    header: (name) => response?.headers?.get(name),
  };
}

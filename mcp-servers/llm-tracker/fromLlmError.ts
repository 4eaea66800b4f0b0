import { ToolError } from '../../core/mcp/toolError.ts';
import { HttpFailure } from './httpFailure.ts';
import type { ProviderIdentity } from './llmProvider.ts';

const RETRY_AFTER_MS = 20_000;
// Anthropic's answer while it is overloaded.
const OVERLOADED = 529;

/**
 * The tool error for a failed request. `permission` is what the request needs, by the provider's name. Neither message nor
 * log carries what the provider wrote.
 */
export function fromLlmError(
  error: unknown,
  { name, keyVariable, keyHint }: ProviderIdentity,
  permission: string,
): ToolError {
  if (error instanceof ToolError) return error;
  if (!(error instanceof HttpFailure)) return fromNoAnswer(error, name);
  const { status, retryAfterMs, missingScope } = error;
  const cause = new Error(`${name}: ${error.message}`);
  if (status === 403 || (status === 401 && missingScope !== undefined)) {
    const missing = missingScope ?? permission;
    return new ToolError(
      'PERMISSION_MISSING',
      `${name} refused the request: the key in ${keyVariable} lacks ${missing}. Give the admin key that permission, or make one that has it (${keyHint}).`,
      { permission: missing, cause },
    );
  }
  if (status === 401) {
    return new ToolError(
      'AUTH_EXPIRED',
      `${name} did not accept the key in ${keyVariable}: it was revoked or has expired, or it is not an admin key. Reports of the organisation need an admin key (${keyHint}), not a project key; make one and set ${keyVariable}.`,
      { cause },
    );
  }
  if (status === 429) {
    return new ToolError('THROTTLED', `${name} asks to slow down. Wait, then call again.`, {
      retryAfterMs: retryAfterMs ?? RETRY_AFTER_MS,
      cause,
    });
  }
  return unusual(error, name, cause);
}

function unusual({ status, retryAfterMs }: HttpFailure, name: string, cause: Error): ToolError {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === OVERLOADED) {
    return new ToolError('UPSTREAM_FAILED', `${name} is overloaded. Wait, then call again.`, {
      retryAfterMs: RETRY_AFTER_MS,
      ...wait,
      cause,
    });
  }
  if (status === 400 || status === 422) {
    return new ToolError(
      'INVALID_ARGUMENT',
      `${name} refused the request as not valid; most often the period lies before what it keeps, or two dimensions do not go together. Ask for a later period or fewer dimensions.`,
      { cause },
    );
  }
  if (status === undefined) {
    return new ToolError(
      'UPSTREAM_FAILED',
      `${name} did not answer in the form that its API promises. Call again; if it stays, check the endpoint and the provider's service health.`,
      { cause },
    );
  }
  return new ToolError(
    'UPSTREAM_FAILED',
    `${name} answered with an error (HTTP ${status}). Call again; if it stays, check the endpoint and the provider's service health.`,
    { retryable: status >= 500, ...wait, cause },
  );
}

function fromNoAnswer(error: unknown, name: string): ToolError {
  const kind = error instanceof Error ? error.name : 'unknown';
  const cause = new Error(`${name}: no answer (${kind})`);
  if (kind === 'TimeoutError' || kind === 'AbortError') {
    return new ToolError('TIMEOUT', `${name} did not answer in time. Call again.`, { cause });
  }
  return new ToolError(
    'UPSTREAM_FAILED',
    `${name} could not be reached, or the connection broke. Call again.`,
    { cause },
  );
}

import { CostGuardError } from '../../../core/errors.ts';

/** How a provider and the variable of its admin key are named. */
export interface AdminProvider {
  name: string;
  keyVariable: 'OPENAI_ADMIN_KEY' | 'ANTHROPIC_ADMIN_KEY';
}

/**
 * Turns an answer that is not a success into ours; `what` names the thing that was asked for. Nothing that the provider
 * wrote is passed on: its messages can hold parts of keys and e-mail addresses.
 *
 * @see https://docs.anthropic.com/en/api/errors
 * @see https://platform.openai.com/docs/guides/error-codes
 */
export function fromAdminStatus(
  { name, keyVariable }: AdminProvider,
  what: string,
  { status, retryAfterMs }: { status: number; retryAfterMs: number | undefined },
): CostGuardError {
  const options = {
    internal: { providerStatus: status, what },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  if (status === 401) {
    return new CostGuardError(
      'credentials_rejected',
      `${name} rejected the admin key of the action worker; renew ${keyVariable}.`,
      options,
    );
  }
  if (status === 403) {
    return new CostGuardError(
      'permission_missing',
      `The admin key in ${keyVariable} of the action worker may not read or change ${what}; give it that permission.`,
      options,
    );
  }
  if (status === 404) {
    return new CostGuardError('resource_not_found', `${name} does not know ${what}.`, options);
  }
  if (status === 429) {
    return new CostGuardError('provider_throttled', `${name} asked us to slow down.`, options);
  }
  if (status >= 500 || status === 408 || status === 409) {
    return new CostGuardError('provider_unavailable', `${name} could not answer now.`, options);
  }
  return new CostGuardError(
    'provider_refused',
    `${name} refused to read or change ${what} (HTTP ${status}).`,
    options,
  );
}

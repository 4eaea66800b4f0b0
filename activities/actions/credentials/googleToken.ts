import { GoogleAuth } from 'google-auth-library';
import type { CredentialInput } from '../../../core/contracts/credential.ts';
import { CostGuardError } from '../../../core/errors.ts';

// Every request names its project; without a word on it, the library would ask Google for the credentials' own.
const NO_PROJECT = 'none';
const SCOPES = ['https://www.googleapis.com/auth/compute'];

/**
 * Gives access tokens for Compute Engine: of a stored key, else of the application default credentials (workload identity,
 * GOOGLE_APPLICATION_CREDENTIALS). The library keeps a token until shortly before it ends.
 *
 * @throws CostGuardError from the returned function: `credentials_rejected`, or `provider_unavailable` when the issuer is away
 */
export function googleToken(credential: CredentialInput | undefined): () => Promise<string> {
  const settings = { scopes: SCOPES, projectId: NO_PROJECT };
  const auth =
    credential?.kind === 'gcp_service_account'
      ? new GoogleAuth({
          ...settings,
          // Only what signs: the addresses of a key file are Google's own, which the contract checked.
          credentials: {
            client_email: credential.key.client_email,
            private_key: credential.key.private_key,
          },
        })
      : new GoogleAuth(settings);
  return async () => {
    const token = await auth.getAccessToken().catch((error: unknown) => {
      throw fromTokenError(error);
    });
    if (typeof token === 'string' && token !== '') return token;
    throw rejected(undefined);
  };
}

function fromTokenError(cause: unknown): CostGuardError {
  const { status, code } = (cause ?? {}) as { status?: unknown; code?: unknown };
  const isAway =
    (typeof status === 'number' && (status >= 500 || status === 429)) ||
    (typeof code === 'string' && /^(ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE)/.test(code));
  if (!isAway) return rejected(cause);
  return new CostGuardError(
    'provider_unavailable',
    'The issuer of Google’s access tokens could not be reached or failed.',
    { cause },
  );
}

const rejected = (cause: unknown): CostGuardError =>
  new CostGuardError(
    'credentials_rejected',
    'Google gave the action worker no access token. Renew the stored key, or give the worker application default credentials.',
    { cause },
  );

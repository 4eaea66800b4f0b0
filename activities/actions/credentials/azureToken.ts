import {
  ClientSecretCredential,
  DefaultAzureCredential,
  type TokenCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import type { CredentialInput } from '../../../core/contracts/credential.ts';
import { CostGuardError } from '../../../core/errors.ts';

/**
 * Gives access tokens for Azure Resource Manager: of a stored application, else of Azure's default chain (workload or
 * managed identity, the AZURE_ variables). `scope` is that of the cloud; the SDK keeps a token until shortly before it ends.
 *
 * @throws CostGuardError from the returned function: `credentials_rejected`, or `provider_unavailable` when the issuer is away
 */
export function azureToken(
  credential: CredentialInput | undefined,
  scope: string,
): () => Promise<string> {
  // Made at the first request: the default chain looks at its environment at once.
  let source: TokenCredential | undefined;
  return async () => {
    try {
      source ??= toTokenCredential(credential);
      return (await source.getToken(scope))?.token ?? '';
    } catch (error) {
      throw fromTokenError(error);
    }
  };
}

function toTokenCredential(credential: CredentialInput | undefined): TokenCredential {
  switch (credential?.kind) {
    case 'azure_client_secret': {
      const { tenantId, clientId, clientSecret } = credential;
      return new ClientSecretCredential(tenantId, clientId, clientSecret);
    }
    case 'azure_federated': {
      const { tenantId, clientId } = credential;
      return new WorkloadIdentityCredential({ tenantId, clientId });
    }
    default:
      return new DefaultAzureCredential();
  }
}

function fromTokenError(cause: unknown): CostGuardError {
  const { statusCode } = (cause ?? {}) as { statusCode?: unknown };
  if (typeof statusCode === 'number' && (statusCode >= 500 || statusCode === 429)) {
    return new CostGuardError(
      'provider_unavailable',
      'The issuer of Azure’s access tokens could not be reached or failed.',
      { cause },
    );
  }
  return new CostGuardError(
    'credentials_rejected',
    'Azure gave the action worker no access token. Renew the stored secret, or give the worker a managed or workload identity.',
    { cause },
  );
}

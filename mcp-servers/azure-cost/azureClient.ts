import { CostManagementClient } from '@azure/arm-costmanagement';
import {
  ClientSecretCredential,
  DefaultAzureCredential,
  type TokenCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import { azureEndpoint } from '../../core/config/azureEndpoint.ts';
import type { CredentialInput } from '../../core/contracts/credential.ts';
import { exactNumbersPolicy } from './exactNumbers.ts';

/** Azure Resource Manager and the cost client on it. */
export interface Azure {
  client: CostManagementClient;
  /** Origin of Azure Resource Manager. */
  endpoint: string;
}

/**
 * The client for the Resource Manager at `endpointUrl`, by default that of the public cloud, with a stored
 * credential or those of Azure's default chain. `AZURE_AUTHORITY_HOST`, read by the identity SDK, must name the same
 * cloud's sign-in.
 *
 * @throws EnvError when the endpoint is not encrypted, over which no token is sent
 */
export function createAzureClient(
  endpointUrl: string | undefined,
  credential?: CredentialInput,
): Azure {
  const { endpoint, tokenScope } = azureEndpoint(endpointUrl);
  const client = new CostManagementClient(toTokenCredential(credential), {
    endpoint,
    credentialScopes: tokenScope,
    // Throttled requests count as well, and the SDK does not know the service's own headers that say how long to wait.
    retryOptions: { maxRetries: 0 },
    // A redirect would carry the token to another host.
    redirectOptions: { maxRetries: 0 },
  });
  client.pipeline.addPolicy(exactNumbersPolicy, { phase: 'Sign' });
  return { client, endpoint };
}

/** How tokens are got. A federated one exchanges the token of this process's own workload identity. */
function toTokenCredential(credential: CredentialInput | undefined): TokenCredential {
  if (credential === undefined) return new DefaultAzureCredential();
  switch (credential.kind) {
    case 'azure_client_secret': {
      const { tenantId, clientId, clientSecret } = credential;
      return new ClientSecretCredential(tenantId, clientId, clientSecret);
    }
    case 'azure_federated': {
      const { tenantId, clientId } = credential;
      return new WorkloadIdentityCredential({ tenantId, clientId });
    }
    case 'azure_managed_identity':
      return new DefaultAzureCredential();
    default:
      throw new TypeError(`a credential of another provider: ${credential.kind}`);
  }
}

import { CostManagementClient } from '@azure/arm-costmanagement';
import {
  ClientSecretCredential,
  DefaultAzureCredential,
  type TokenCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import { EnvError } from '../../core/config/env.ts';
import type { CredentialInput } from '../../core/contracts/credential.ts';
import { exactNumbersPolicy } from './exactNumbers.ts';

/** Azure Resource Manager and the cost client on it. */
export interface Azure {
  client: CostManagementClient;
  /** Origin of Azure Resource Manager. */
  endpoint: string;
}

const PUBLIC_CLOUD = 'https://management.azure.com';
// Each national cloud issues tokens for its own Resource Manager only.
const CLOUDS: ReadonlySet<string> = new Set([
  PUBLIC_CLOUD,
  'https://management.chinacloudapi.cn',
  'https://management.usgovcloudapi.net',
]);

/**
 * The client for the Resource Manager at `endpointUrl`, by default that of the public cloud, with a stored
 * credential or those of Azure's default chain. Tokens are asked for the endpoint's own cloud; behind any other address (a gateway) for the public
 * one. `AZURE_AUTHORITY_HOST`, read by the identity SDK, must name the same cloud's sign-in.
 *
 * @throws EnvError when the endpoint is not encrypted, over which no token is sent
 */
export function createAzureClient(
  endpointUrl: string | undefined,
  credential?: CredentialInput,
): Azure {
  const { origin: endpoint, protocol } = new URL(endpointUrl ?? PUBLIC_CLOUD);
  if (protocol !== 'https:') throw new EnvError(['AZURE_ENDPOINT_URL: must begin with https://']);
  const cloud = CLOUDS.has(endpoint) ? endpoint : PUBLIC_CLOUD;
  const client = new CostManagementClient(toTokenCredential(credential), {
    endpoint,
    credentialScopes: `${cloud}/.default`,
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

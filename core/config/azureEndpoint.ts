import { EnvError } from './env.ts';

/** Where Azure Resource Manager is, and what its tokens are asked for. */
export interface AzureEndpoint {
  /** Origin of Azure Resource Manager. */
  endpoint: string;
  /** Scope of an access token for it. */
  tokenScope: string;
}

const PUBLIC_CLOUD = 'https://management.azure.com';
// Each national cloud issues tokens for its own Resource Manager only.
const CLOUDS: ReadonlySet<string> = new Set([
  PUBLIC_CLOUD,
  'https://management.chinacloudapi.cn',
  'https://management.usgovcloudapi.net',
]);

/**
 * The Resource Manager at `AZURE_ENDPOINT_URL`, by default that of the public cloud. Tokens are asked for the endpoint's own
 * cloud; behind any other address (a gateway) for the public one.
 *
 * @throws EnvError when the endpoint is not encrypted, over which no token is sent
 */
export function azureEndpoint(endpointUrl: string | undefined): AzureEndpoint {
  const { origin: endpoint, protocol } = new URL(endpointUrl ?? PUBLIC_CLOUD);
  if (protocol !== 'https:') throw new EnvError(['AZURE_ENDPOINT_URL: must begin with https://']);
  const cloud = CLOUDS.has(endpoint) ? endpoint : PUBLIC_CLOUD;
  return { endpoint, tokenScope: `${cloud}/.default` };
}

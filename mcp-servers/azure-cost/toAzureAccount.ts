import { EnvError } from '../../core/config/env.ts';
import type { CredentialInput } from '../../core/contracts/credential.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { createAzureClient } from './azureClient.ts';
import type { AzureAccount } from './azureSource.ts';
import { type AzureCostEnv, readAzureEnv } from './readAzureEnv.ts';
import { parseScopes } from './scopes.ts';

/**
 * Who is asked, for which scopes: those of a stored credential, or of the environment. The endpoint is always the
 * operator's.
 *
 * @throws EnvError for an environment that cannot be; ToolError `INVALID_ARGUMENT` for stored scopes that cannot be
 */
export function toAzureAccount(
  env: AzureCostEnv,
  credential: CredentialInput | undefined,
): AzureAccount {
  if (credential === undefined) return readAzureEnv(env);
  if (!('scopes' in credential))
    throw new TypeError(`a credential of another provider: ${credential.kind}`);
  return {
    azure: createAzureClient(env.AZURE_ENDPOINT_URL, credential),
    scopes: toScopes(credential.scopes),
  };
}

function toScopes(texts: readonly string[]) {
  try {
    return parseScopes(texts.join(','));
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    throw new ToolError(
      'INVALID_ARGUMENT',
      'A scope of this connection’s credential is none of Azure Cost Management. Store the credential again with scopes such as subscriptions/ID or providers/Microsoft.Management/managementGroups/ID.',
      { cause: error },
    );
  }
}

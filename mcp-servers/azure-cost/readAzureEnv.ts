import { EnvError, type Env } from '../../core/config/env.ts';
import { createAzureClient, type Azure } from './azureClient.ts';
import { parseScopes, type Scope } from './scopes.ts';

/** What the server needs of the environment. */
export type AzureCostEnv = Pick<
  Env,
  'AZURE_COST_SCOPES' | 'AZURE_CALLS_PER_DAY' | 'AZURE_ENDPOINT_URL'
>;

/**
 * Where Azure is asked, and for which scopes.
 *
 * @throws EnvError with one line for each mistake in either
 */
export function readAzureEnv(env: AzureCostEnv): { azure: Azure; scopes: Scope[] } {
  const lines: string[] = [];
  const attempt = <T>(make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof EnvError)) throw error;
      lines.push(...error.lines);
      return undefined;
    }
  };
  const scopes = attempt(() => parseScopes(env.AZURE_COST_SCOPES ?? ''));
  const azure = attempt(() => createAzureClient(env.AZURE_ENDPOINT_URL));
  if (!scopes || !azure) throw new EnvError(lines);
  return { azure, scopes };
}

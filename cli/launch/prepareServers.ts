import { temporalAddress } from '../../core/config/addresses.ts';
import { parseEnv } from '../../core/config/env.ts';
import { initialise, type InitResult } from './runCostguard.ts';
import { prepareNamespace } from './temporal/prepareNamespace.ts';
import { waitUntil } from './waitUntil.ts';

/**
 * Prepares servers that somebody else runs: the namespace with its search attributes, the migrated database, keys, the first
 * admin and a new client secret for each part. Safe to repeat.
 *
 * @returns secrets, for each part its own
 * @throws Error when Temporal does not answer for two minutes, or the database cannot be prepared
 */
export async function prepareServers(
  source: Record<string, string | undefined>,
): Promise<InitResult> {
  const env = parseEnv(source);
  await waitUntil(
    () => prepareNamespace(temporalAddress(env), env.TEMPORAL_NAMESPACE).then(() => true),
    { timeoutMs: 120_000, intervalMs: 2_000, what: 'Temporal is ready' },
  );
  return initialise({ source, settings: {} }, new AbortController().signal);
}

import { printChecks } from '../kit/credentials/printChecks.ts';
import { checkLlmAccess } from './checkLlmAccess.ts';
import { IDENTITIES } from './llmConnections.ts';
import type { LlmProvider } from './llmProvider.ts';

const TIMEOUT_MS = 5 * 60_000;

/**
 * Prints one line for each report and list of every provider that has a key, and one for a key that is not set. Requests
 * are free. True when at least one provider has a key and everything that was tried works.
 */
export async function selfcheck(
  providers: readonly LlmProvider[],
  print: (line: string) => void,
): Promise<boolean> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let good = providers.length > 0;
  for (const { id, name, keyVariable } of IDENTITIES) {
    const provider = providers.find((known) => known.id === id);
    if (!provider) print(`skip  ${name}: ${keyVariable} is not set`);
    else good = printChecks(await checkLlmAccess(id, provider, signal), print) && good;
  }
  if (providers.length === 0) print('FAILED no admin key is set, so there is nothing to read');
  return good;
}

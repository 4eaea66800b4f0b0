import { addDays, utcDay } from '../../core/time/day.ts';
import { fromLlmError } from './fromLlmError.ts';
import { getJson } from './getJson.ts';
import { IDENTITIES } from './llmConnections.ts';
import type { LlmProvider, ReportName } from './llmProvider.ts';
import { requestUrl, type ProviderRequest } from './requestUrl.ts';

const TIMEOUT_MS = 20_000;

/**
 * Prints one line for each report and list of every provider that has a key, and one for a key that is not set. Requests
 * are free. True when at least one provider has a key and everything that was tried works.
 */
export async function selfcheck(
  providers: readonly LlmProvider[],
  print: (line: string) => void,
): Promise<boolean> {
  let good = providers.length > 0;
  for (const { id, name, keyVariable } of IDENTITIES) {
    const provider = providers.find((known) => known.id === id);
    if (!provider) {
      print(`skip  ${name}: ${keyVariable} is not set`);
      continue;
    }
    for (const request of requestsOf(provider)) {
      good = (await passes(request, provider, print)) && good;
    }
  }
  if (providers.length === 0) print('FAILED no admin key is set, so there is nothing to read');
  return good;
}

function requestsOf(provider: LlmProvider): ProviderRequest[] {
  const today = utcDay(new Date());
  const span = { from: `${addDays(today, -1)}T00:00:00Z`, to: `${today}T00:00:00Z` };
  const first = (report: ReportName) =>
    provider
      .requests({ ...span, report, width: '1d', dimensions: [], filter: undefined })
      .slice(0, 1);
  return [...first('costs'), ...first('usage'), provider.accounts];
}

async function passes(
  request: ProviderRequest,
  provider: LlmProvider,
  print: (line: string) => void,
): Promise<boolean> {
  try {
    await getJson({
      url: requestUrl(provider, request),
      headers: provider.headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    print(`ok    ${provider.name} ${request.path}`);
    return true;
  } catch (error) {
    const { meta, message } = fromLlmError(error, provider, request.permission);
    const verdict = meta.code === 'PERMISSION_MISSING' ? 'MISSING' : 'FAILED';
    print(`${verdict} ${provider.name} ${request.path}: ${message}`);
    return false;
  }
}

import type { PermissionCheck } from '../../core/contracts/credential.ts';
import type { Provider } from '../../core/contracts/scalars.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { checkPermission } from '../kit/credentials/checkPermission.ts';
import { fromLlmError } from './fromLlmError.ts';
import { getJson } from './getJson.ts';
import { IDENTITIES } from './llmConnections.ts';
import type { LlmProvider, ReportName } from './llmProvider.ts';
import { requestUrl, type ProviderRequest } from './requestUrl.ts';

const TIMEOUT_MS = 20_000;

/** Tries each report and list that is read, by one small request each; all of them are free. */
export async function checkLlmAccess(
  id: Provider,
  provider: LlmProvider | undefined,
  signal: AbortSignal,
): Promise<PermissionCheck[]> {
  if (provider === undefined) return [keyMissing(id)];
  const checks: PermissionCheck[] = [];
  for (const request of requestsOf(provider)) {
    const { check } = await checkPermission(
      `${provider.name} ${request.path}`,
      () =>
        getJson({
          url: requestUrl(provider, request),
          headers: provider.headers,
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        }),
      (error) => fromLlmError(error, provider, request.permission),
    );
    checks.push(check);
  }
  return checks;
}

function keyMissing(id: Provider): PermissionCheck {
  const { keyVariable = 'the key', keyHint = '' } =
    IDENTITIES.find((identity) => identity.id === id) ?? {};
  return {
    permission: 'admin key',
    status: 'failed',
    detail: `The connection has no stored key, and ${keyVariable} is not set in the server’s environment. Make an admin key (${keyHint}) and store it.`,
  };
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

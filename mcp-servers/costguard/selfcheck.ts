import { EXCHANGED_SCOPES } from '../../core/contracts/access.ts';
import { Me } from '../../core/contracts/identity.ts';
import type { Env } from '../../core/config/env.ts';
import { desktopApiUrl } from './connectPlatform.ts';

const TIMEOUT_MS = 10_000;

/**
 * Prints whether the API answers and, with COSTGUARD_TOKEN set, one line for each scope that the tools need. True when
 * the API answers and takes the token, where there is one, and no scope is missing.
 */
export async function selfcheck(env: Env, print: (line: string) => void): Promise<boolean> {
  const baseUrl = desktopApiUrl(env);
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${baseUrl}${path}`, {
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => undefined);
  const health = await ask('/healthz');
  if (health?.ok !== true) {
    print(`FAILED API at ${baseUrl}: it does not answer; check PUBLIC_API_URL or INTERNAL_API_URL`);
    return false;
  }
  print(`ok    API at ${baseUrl}`);
  if (env.COSTGUARD_TOKEN === undefined) {
    print('skip  scopes: set COSTGUARD_TOKEN to check them; over HTTP each caller brings its own');
    return true;
  }
  const answer = await ask('/api/v1/auth/me', { Authorization: `Bearer ${env.COSTGUARD_TOKEN}` });
  const me = Me.safeParse(await answer?.json().catch(() => undefined));
  if (answer?.ok !== true || !me.success) {
    print('FAILED COSTGUARD_TOKEN: the API does not take it (any more); get a new one');
    return false;
  }
  const missing = EXCHANGED_SCOPES.filter((scope) => !me.data.scopes.includes(scope));
  for (const scope of EXCHANGED_SCOPES) {
    print(`${missing.includes(scope) ? 'MISSING' : 'ok   '} ${scope}`);
  }
  return missing.length === 0;
}

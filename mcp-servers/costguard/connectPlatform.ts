import { internalApiUrl, publicApiUrl, publicUiUrl } from '../../core/config/addresses.ts';
import { EnvError, type Env } from '../../core/config/env.ts';
import type { Transport } from '../kit/runServer.ts';
import { createExchangedTokens } from './access/exchangedTokens.ts';
import { createPlatformApi } from './access/platformApi.ts';
import { tokenFromEnvironment } from './access/tokenFromEnvironment.ts';
import { dashboardLinks } from './dashboardLinks.ts';
import type { Platform } from './platform.ts';

/**
 * The platform as this process reaches it. Over HTTP with tokens it acts for whoever calls, by exchange; over stdio, and
 * where tokens are switched off on loopback, for the one whose token stands in its environment.
 *
 * @throws EnvError when it should exchange tokens and has no service account
 */
export function connectPlatform(env: Env, transport: Transport): Platform {
  const links = dashboardLinks(publicUiUrl(env));
  if (transport === 'http' && env.MCP_AUTH === 'jwt') {
    const baseUrl = internalApiUrl(env);
    return { api: createPlatformApi(baseUrl, exchangedTokens(env, baseUrl)), links };
  }
  const tokens = tokenFromEnvironment(env.COSTGUARD_TOKEN);
  return { api: createPlatformApi(desktopApiUrl(env), tokens), links };
}

/** Where a person's own machine reaches the API: most often by the address that everybody uses. */
export const desktopApiUrl = (env: Env): string =>
  env.INTERNAL_API_URL === undefined ? publicApiUrl(env) : internalApiUrl(env);

function exchangedTokens(env: Env, baseUrl: string) {
  const { COSTGUARD_CLIENT_ID: clientId, COSTGUARD_CLIENT_SECRET: clientSecret } = env;
  if (clientId === undefined || clientSecret === undefined) {
    throw new EnvError([
      'COSTGUARD_CLIENT_ID, COSTGUARD_CLIENT_SECRET: set those of a service account with mcp:exchange, with which the callers’ tokens are exchanged; costguard init makes one named costguard',
    ]);
  }
  return createExchangedTokens({
    tokenUrl: `${baseUrl}/oauth/token`,
    clientId,
    clientSecret,
    audience: publicApiUrl(env),
    now: () => new Date(),
  });
}

import { createAccessTokens } from '../../activities/platform/accessTokens.ts';
import { createPlatformApi, type PlatformApi } from '../../activities/platform/platformApi.ts';
import { publicApiUrl } from '../../core/config/addresses.ts';
import type { TestService } from './createTestIdentities.ts';
import type { TestApi } from './startTestApi.ts';

/** A test's API as a part of the platform calls it, by its service account; over `baseUrl` where a line is between. */
export function platformOf(
  api: TestApi,
  { clientId, clientSecret }: TestService,
  baseUrl: string = api.url,
): PlatformApi {
  return createPlatformApi({
    baseUrl,
    audience: publicApiUrl(api.services.env),
    tokens: createAccessTokens({
      tokenUrl: `${api.url}/oauth/token`,
      clientId,
      clientSecret,
      fetch,
      now: Date.now,
    }),
    fetch,
  });
}

import { lookup } from 'node:dns/promises';
import { publicUiUrl } from '../../../core/config/addresses.ts';
import type { Env } from '../../../core/config/env.ts';
import { oidcSettings } from '../../../core/config/oidcSettings.ts';
import { createOidcProvider, type OidcProvider } from './createOidcProvider.ts';

/** The installation's OpenID Connect provider; undefined where none is set up. @throws EnvError for wrong settings */
export function openOidc(env: Env, now: () => Date): OidcProvider | undefined {
  const settings = oidcSettings(env);
  if (settings === undefined) return undefined;
  return createOidcProvider(settings, {
    // The dashboard's address: it passes /api on, and cookies belong to it.
    redirectUri: `${publicUiUrl(env)}/api/v1/auth/oidc/callback`,
    signedOutUri: `${publicUiUrl(env)}/`,
    lookup,
    now,
  });
}

import type { LookupAddress } from 'node:dns';
import { createRemoteJWKSet, customFetch, type FetchImplementation } from 'jose';
import * as oidc from 'openid-client';
import type { OidcSettings } from '../../../core/config/oidcSettings.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { claimAt } from '../../../core/identity/mappedRole.ts';
import { bareHost } from '../../../core/notifications/privateHosts.ts';
import type { ProviderLogout } from '../../../db/queries/identity/deleteProviderSessions.ts';
import { createGuardedFetch } from './createGuardedFetch.ts';
import { readLogoutToken } from './readLogoutToken.ts';

/** What a sign-in that has begun must bring back; nobody but the browser that began it may know it. */
export interface OidcSecrets {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** Who somebody is, as the provider vouches for it. */
export interface OidcIdentity {
  issuer: string;
  subject: string;
  claims: Record<string, unknown>;
  /** The provider's own session (`sid`). */
  session: string | null;
  /** By which the provider recognises this sign-in when it is to end its own session. */
  idToken: string | null;
}

/** The OpenID Connect provider that people sign in with. */
export interface OidcProvider {
  settings: OidcSettings;
  /** Where to send the browser. @throws CostGuardError `oidc_unavailable`, `oidc_failed` */
  begin: () => Promise<{ url: string; secrets: OidcSecrets }>;
  /**
   * Redeems the code that the browser came back with. `search` is the query it came with.
   *
   * @throws CostGuardError `oidc_failed` for everything that is not exactly what was asked for, `oidc_unavailable`
   */
  finish: (search: string, secrets: OidcSecrets) => Promise<OidcIdentity>;
  /**
   * Where a browser goes to sign out at the provider as well (OpenID Connect RP-Initiated Logout 1.0); undefined where the
   * provider has no such place. @throws CostGuardError `oidc_unavailable`, `oidc_failed`
   */
  endSessionUrl: (idToken: string | undefined) => Promise<string | undefined>;
  /** Whose sessions a logout token ends; undefined for what is none. @throws CostGuardError `oidc_unavailable`, `oidc_failed` */
  readLogout: (logoutToken: string) => Promise<ProviderLogout | undefined>;
}

/** What differs between installations and tests. */
export interface OidcOptions {
  /** Where the browser comes back to. */
  redirectUri: string;
  /** Where the browser comes back to after it has signed out at the provider. */
  signedOutUri: string;
  lookup: (host: string, options: { all: true }) => Promise<LookupAddress[]>;
  now: () => Date;
}

const DESCRIPTION_MS = 600_000;
const TIMEOUT_MS = 10_000;

/**
 * Authorization code flow with PKCE, state and nonce. The ID token's signature is checked although it comes straight from
 * the provider: the address that it came from is only as true as the name server.
 *
 * @see OpenID Connect Core 1.0 section 3.1; RFC 9700 (security best practice); RFC 9207 (issuer in the answer)
 */
export function createOidcProvider(settings: OidcSettings, options: OidcOptions): OidcProvider {
  let known: Described | undefined;
  const describe = async (): Promise<Described> => {
    const now = options.now().getTime();
    // Read anew now and then, since endpoints move; not for every sign-in.
    if (known !== undefined && Math.abs(now - known.loadedAt) < DESCRIPTION_MS) return known;
    const config = await discover(settings, options);
    known = { config, keys: keysOf(config, settings, options), loadedAt: now };
    return known;
  };
  return {
    settings,
    begin: () =>
      asOurs(async () => {
        const { config } = await describe();
        const secrets = {
          state: oidc.randomState(),
          nonce: oidc.randomNonce(),
          codeVerifier: oidc.randomPKCECodeVerifier(),
        };
        const url = oidc.buildAuthorizationUrl(config, {
          redirect_uri: options.redirectUri,
          scope: settings.scopes,
          state: secrets.state,
          nonce: secrets.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(secrets.codeVerifier),
          code_challenge_method: 'S256',
        });
        return { url: url.href, secrets };
      }),
    finish: (search, { state, nonce, codeVerifier }) =>
      asOurs(async () => {
        const { config } = await describe();
        const cameBack = new URL(options.redirectUri);
        cameBack.search = search;
        const tokens = await oidc.authorizationCodeGrant(config, cameBack, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        return identify(config, settings, tokens);
      }),
    endSessionUrl: (idToken) =>
      asOurs(async () => {
        const { config } = await describe();
        return endSessionUrl(config, settings, { ...options, idToken });
      }),
    readLogout: (logoutToken) =>
      asOurs(async () => {
        const { config, keys } = await describe();
        const { issuer } = config.serverMetadata();
        const { clientId } = settings;
        return readLogoutToken(logoutToken, { keys, issuer, clientId, now: options.now() });
      }),
  };
}

/** Only where the provider itself may be unencrypted may a browser be sent to such an address. */
function endSessionUrl(
  config: oidc.Configuration,
  { privateHosts }: OidcSettings,
  { idToken, signedOutUri }: { idToken: string | undefined; signedOutUri: string },
): string | undefined {
  if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
  const url = oidc.buildEndSessionUrl(config, {
    post_logout_redirect_uri: signedOutUri,
    ...(idToken === undefined ? {} : { id_token_hint: idToken }),
  });
  const isSafe =
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && privateHosts.has(bareHost(url.hostname)));
  return isSafe ? url.href : undefined;
}

interface Described {
  config: oidc.Configuration;
  /** The provider's published keys. */
  keys: ReturnType<typeof createRemoteJWKSet>;
  loadedAt: number;
}

function keysOf(
  config: oidc.Configuration,
  { privateHosts }: OidcSettings,
  { lookup }: OidcOptions,
): Described['keys'] {
  const { jwks_uri: address } = config.serverMetadata();
  if (address === undefined) throw failed('the provider publishes no keys');
  const guarded = createGuardedFetch({ lookup, privateHosts, timeoutMs: TIMEOUT_MS });
  const fetchKeys: FetchImplementation = (url, { headers, method, signal }) =>
    guarded(url, {
      headers: Object.fromEntries(headers),
      method,
      body: undefined,
      signal,
      redirect: 'manual',
    });
  return createRemoteJWKSet(new URL(address), { [customFetch]: fetchKeys });
}

function discover(settings: OidcSettings, { lookup }: OidcOptions): Promise<oidc.Configuration> {
  const { issuer, clientId, clientSecret, privateHosts } = settings;
  const execute = [oidc.enableNonRepudiationChecks];
  // The guard keeps plain http to the hosts that the operator named.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated only to be noticed
  if (issuer.protocol === 'http:') execute.push(oidc.allowInsecureRequests);
  return oidc.discovery(issuer, clientId, {}, clientAuth(clientSecret), {
    execute,
    timeout: TIMEOUT_MS / 1000,
    [oidc.customFetch]: createGuardedFetch({ lookup, privateHosts, timeoutMs: TIMEOUT_MS }),
  });
}

/** HTTP Basic, the default of OpenID Connect, unless the provider takes only secrets in the body. */
function clientAuth(secret: string | undefined): oidc.ClientAuth {
  if (secret === undefined) return oidc.None();
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const auth = methods.includes('client_secret_basic') ? basic : post;
    auth(server, client, body, headers);
  };
}

async function identify(
  config: oidc.Configuration,
  { roleClaim }: OidcSettings,
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
): Promise<OidcIdentity> {
  const idToken = tokens.claims();
  if (idToken === undefined) throw failed('no ID token');
  // Many providers keep ID tokens short and tell groups and names at the userinfo endpoint only.
  const isComplete = claimAt(idToken, roleClaim) !== undefined;
  const more =
    isComplete || config.serverMetadata().userinfo_endpoint === undefined
      ? {}
      : await oidc.fetchUserInfo(config, tokens.access_token, idToken.sub);
  const { sid } = idToken;
  return {
    issuer: idToken.iss,
    subject: idToken.sub,
    // What is signed wins.
    claims: { ...more, ...idToken },
    session: typeof sid === 'string' ? sid : null,
    idToken: tokens.id_token ?? null,
  };
}

/** The library's errors as ours. Their causes may hold tokens and claims, so only their words are kept, for the log. */
async function asOurs<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    for (let cause = error; cause instanceof Error; cause = cause.cause)
      if (cause instanceof CostGuardError) throw cause;
    throw failed(error instanceof Error ? error.message : 'unknown');
  }
}

function failed(reason: string): CostGuardError {
  return new CostGuardError(
    'oidc_failed',
    'Start the sign-in again; if it stays, the log of the API says why.',
    { internal: { reason } },
  );
}

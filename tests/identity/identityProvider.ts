import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';

/** What the provider knows of somebody; any password is right. */
export type Account = Record<string, unknown>;

/** A certified OpenID Connect provider on loopback, with its faults to be made up by a test. */
export interface IdentityProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** By login. */
  accounts: Map<string, Account>;
  /** Changes the ID token of the next answers of the token endpoint; null leaves it. */
  tamper: ((idToken: string) => Promise<string> | string) | null;
  /** Signs claims as the provider does. */
  sign: (claims: JWTPayload) => Promise<string>;
  /** How often the token endpoint was asked. */
  tokenRequests: () => number;
  close: () => Promise<void>;
}

/**
 * Starts one that lets its browsers come back to `redirectUri` only, after signing out to `returnUri`, and tells
 * `backchannelUri` who has signed out.
 */
export async function startIdentityProvider(
  redirectUri: string,
  logout: { returnUri?: string; backchannelUri?: string } = {},
): Promise<IdentityProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'test-key', alg: 'RS256', use: 'sig' };
  const [clientId, clientSecret] = ['costguard', randomUUID()];
  const accounts = new Map<string, Account>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        ...(logout.returnUri !== undefined && { post_logout_redirect_uris: [logout.returnUri] }),
        ...(logout.backchannelUri !== undefined && {
          backchannel_logout_uri: logout.backchannelUri,
          backchannel_logout_session_required: true,
        }),
      },
    ],
    features: {
      backchannelLogout: { enabled: logout.backchannelUri !== undefined },
      rpInitiatedLogout: { enabled: logout.returnUri !== undefined },
    },
    jwks: { keys: [jwk] },
    cookies: { keys: [randomUUID()] },
    claims: {
      openid: ['sub'],
      profile: ['preferred_username', 'name', 'groups'],
      email: ['email', 'email_verified'],
    },
    pkce: { required: () => true },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    // Its own guard against private addresses would keep it from telling a test's API.
    fetch: (url: string | URL | Request, options: RequestInit = {}) => {
      Reflect.deleteProperty(options, 'dispatcher');
      return fetch(url, options);
    },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => Promise.resolve({ ...accounts.get(sub), sub }),
    }),
  });
  let tokenRequests = 0;
  const made: IdentityProvider = {
    issuer,
    clientId,
    clientSecret,
    accounts,
    tamper: null,
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'test-key' }).sign(privateKey),
    tokenRequests: () => tokenRequests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token') return;
    tokenRequests += 1;
    const body = ctx.body as { id_token?: string };
    if (made.tamper !== null && body.id_token !== undefined)
      body.id_token = await made.tamper(body.id_token);
  });
  const handle = provider.callback();
  server.on('request', (req, res) => void handle(req, res));
  return made;
}

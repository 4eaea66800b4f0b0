import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { signAccessToken, type SigningKey } from '../../core/identity/accessToken.ts';

/** An issuer of access tokens with its keys at `/.well-known/jwks.json`, as the API is one. */
export interface TokenIssuer {
  url: string;
  /** A token with sensible claims, but for what is given. */
  token: (claims?: TokenOptions) => Promise<string>;
  /** Makes a new signing key; the old ones stay published unless `dropOld`. */
  rotate: (dropOld?: boolean) => Promise<void>;
  /** Requests for the keys so far. */
  fetches: () => number;
  /** Answers requests for the keys with 503 until set back. */
  setAway: (away: boolean) => void;
  close: () => Promise<void>;
}

/** What makes a token different from a good one. */
export interface TokenOptions {
  scope?: string;
  audience?: string;
  issuer?: string;
  issuedAt?: Date;
  /** Sign with a key that was never published, under this id. */
  unpublishedKid?: string;
}

/** Starts an issuer on a free loopback port; audience of its tokens is `<url>/mcp`. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  let published: JWK[] = [];
  let current: SigningKey = await newKey('key-0');
  let made = 0;
  let fetches = 0;
  let isAway = false;

  async function newKey(kid: string): Promise<SigningKey> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    published.push({ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' });
    return { kid, privateKey };
  }

  const server = createServer((incoming, outgoing) => {
    if (incoming.url !== '/.well-known/jwks.json') {
      outgoing.writeHead(404).end();
      return;
    }
    fetches += 1;
    outgoing.writeHead(isAway ? 503 : 200, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    token: async (options = {}) => {
      const key =
        options.unpublishedKid === undefined
          ? current
          : {
              kid: options.unpublishedKid,
              privateKey: (await generateKeyPair('EdDSA')).privateKey,
            };
      return signAccessToken(
        { sub: 'svc_tests', scope: options.scope ?? 'costs:read mcp:read', jti: 'jti-1' },
        key,
        {
          issuer: options.issuer ?? url,
          audience: options.audience ?? `${url}/mcp`,
          now: options.issuedAt ?? new Date(),
        },
      );
    },
    rotate: async (dropOld = false) => {
      if (dropOld) published = [];
      made += 1;
      current = await newKey(`key-${made}`);
    },
    fetches: () => fetches,
    setAway: (away) => {
      isAway = away;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

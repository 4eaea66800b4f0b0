import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { decodeJwt, exportJWK, generateKeyPair, type JWK } from 'jose';
import { signAccessToken, type SigningKey } from '../../core/identity/accessToken.ts';

/** An issuer of access tokens with its keys and its introspection, as the API is one. */
export interface TokenIssuer {
  url: string;
  /** The environment of an MCP server that takes its tokens. */
  env: Record<string, string>;
  /** A token with sensible claims, but for what is given. */
  token: (claims?: TokenOptions) => Promise<string>;
  /** Makes a new signing key; the old ones stay published unless `dropOld`. */
  rotate: (dropOld?: boolean) => Promise<void>;
  /** Requests for the keys so far. */
  fetches: () => number;
  /** Tokens that were asked about so far. */
  introspected: () => string[];
  /** What it says of a token that was not forged; undefined, the default, that it holds with all its scopes. */
  setAnswer: (answer: { active: boolean; scope?: string } | undefined) => void;
  /** Answers all requests with 503 until set back. */
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
  let answer: { active: boolean; scope?: string } | undefined;
  const introspected: string[] = [];

  async function newKey(kid: string): Promise<SigningKey> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    published.push({ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' });
    return { kid, privateKey };
  }

  const reply = (path: string, body: string): unknown => {
    switch (path) {
      case '/.well-known/jwks.json':
        fetches += 1;
        return { keys: published };
      case '/oauth/token':
        return { access_token: 'own', token_type: 'Bearer', expires_in: 900, scope: '' };
      case '/oauth/introspect': {
        const token = new URLSearchParams(body).get('token') ?? '';
        introspected.push(token);
        return answer ?? { active: true, scope: decodeJwt(token)['scope'] };
      }
      default:
        return undefined;
    }
  };
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      const found = reply(incoming.url ?? '', body);
      outgoing.writeHead(isAway ? 503 : found === undefined ? 404 : 200, {
        'content-type': 'application/json',
      });
      outgoing.end(JSON.stringify(isAway ? {} : found));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    env: {
      MCP_AUTH: 'jwt',
      PUBLIC_API_URL: url,
      INTERNAL_API_URL: url,
      COSTGUARD_CLIENT_ID: 'cg-server',
      COSTGUARD_CLIENT_SECRET: 'cgs_server',
    },
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
    introspected: () => introspected,
    setAnswer: (next) => {
      answer = next;
    },
    setAway: (away) => {
      isAway = away;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import type { Selectable } from 'kysely';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { ALL_SCOPES, SERVICE_SCOPES, type Scope } from '../../core/contracts/access.ts';
import type { VerifiedToken } from '../../core/identity/accessToken.ts';
import type { ServiceAccounts } from '../../db/schema.gen.ts';
import type { Services } from '../services.ts';

type Account = Selectable<ServiceAccounts>;

/** A token that holds now. */
export interface JudgedToken {
  claims: VerifiedToken;
  /** Whose token it is. */
  account: Account;
  /** The service that acts for it, in an exchanged token. */
  via: Account | null;
  /** What of the token's scopes the account still has. */
  scopes: readonly Scope[];
}

/**
 * Judges a token by its signature and by what stands in the database now: the accounts are enabled, the token was not
 * taken back, and the account still has the scopes. Null for every token that does not hold, without saying why.
 *
 * @throws the database's error while it is away: a token that cannot be judged is neither good nor bad
 */
export async function judgeToken(
  services: Pick<Services, 'env' | 'accounts' | 'verifyToken' | 'revokedTokens' | 'now'>,
  token: string,
  audience: string,
): Promise<JudgedToken | null> {
  const claims = await services.verifyToken(token, {
    issuer: publicApiUrl(services.env),
    audience,
    now: services.now(),
  });
  if (claims === null || (await services.revokedTokens.has(claims.jti))) return null;
  const account = await findCurrent(services, claims.sub, claims.version);
  if (account === undefined) return null;
  const via =
    claims.actor === undefined
      ? null
      : await findCurrent(services, claims.actor, claims.actorVersion);
  // A service that lost the right to act for others loses it for the tokens that it has, too.
  if (via === undefined || via?.scopes.includes('mcp:exchange') === false) return null;
  const granted = new Set(claims.scope.split(' '));
  const scopes = ALL_SCOPES.filter(
    (scope) =>
      granted.has(scope) && account.scopes.includes(scope) && SERVICE_SCOPES.includes(scope),
  );
  return { claims, account, via, scopes };
}

/** The same for a token of any audience of this platform; says which. */
export async function judgeAnyToken(
  services: Parameters<typeof judgeToken>[0],
  token: string,
): Promise<(JudgedToken & { audience: string }) | null> {
  for (const audience of knownAudiences(services)) {
    const judged = await judgeToken(services, token, audience);
    if (judged !== null) return { ...judged, audience };
  }
  return null;
}

/** The audiences that /oauth/token may issue for: this API and its MCP servers. */
export function knownAudiences({ env }: Pick<Services, 'env'>): string[] {
  return [publicApiUrl(env), mcpAudience(env)];
}

/** The account of a client id, if it is enabled and its tokens of this version were not taken back. */
async function findCurrent(
  { accounts }: Pick<Services, 'accounts'>,
  clientId: string,
  version = 0,
): Promise<Account | undefined> {
  const account = await accounts.find(clientId);
  return account?.enabled === true && account.token_version === version ? account : undefined;
}

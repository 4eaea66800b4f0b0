import { Role } from '../contracts/access.ts';
import { bareHost, parsePrivateHosts } from '../notifications/privateHosts.ts';
import { type Env, EnvError } from './env.ts';

/** How people sign in through an OpenID Connect provider. */
export interface OidcSettings {
  issuer: URL;
  clientId: string;
  /** undefined for a public client: PKCE alone then proves who redeems the code. */
  clientSecret: string | undefined;
  scopes: string;
  /** The claim that says the roles; dots lead inside. */
  roleClaim: string;
  /** The role of each value of that claim. */
  roles: ReadonlyMap<string, Role>;
  /** Hosts of the provider that may be private or not encrypted. */
  privateHosts: ReadonlySet<string>;
}

/**
 * The settings of the OpenID Connect sign-in; undefined where OIDC_ISSUER is not set.
 *
 * @throws EnvError with one line for each mistake
 */
export function oidcSettings(env: Env): OidcSettings | undefined {
  if (env.OIDC_ISSUER === undefined) {
    if (env.OIDC_ONLY) throw new EnvError(['OIDC_ONLY: needs OIDC_ISSUER']);
    return undefined;
  }
  const mistakes: string[] = [];
  const issuer = new URL(env.OIDC_ISSUER);
  const privateHosts = parsePrivateHosts(env.OIDC_PRIVATE_HOSTS);
  if (issuer.protocol !== 'https:' && !privateHosts.has(bareHost(issuer.hostname)))
    mistakes.push('OIDC_ISSUER: must be https, or its host be in OIDC_PRIVATE_HOSTS');
  if (env.OIDC_CLIENT_ID === undefined) mistakes.push('OIDC_CLIENT_ID: is needed with OIDC_ISSUER');
  const roles = parseRoles(env.OIDC_ROLE_MAP ?? '', mistakes);
  if (mistakes.length > 0) throw new EnvError(mistakes);
  return {
    issuer,
    clientId: env.OIDC_CLIENT_ID ?? '',
    clientSecret: env.OIDC_CLIENT_SECRET,
    scopes: env.OIDC_SCOPES,
    roleClaim: env.OIDC_ROLE_CLAIM,
    roles,
    privateHosts,
  };
}

function parseRoles(text: string, mistakes: string[]): Map<string, Role> {
  const roles = new Map<string, Role>();
  for (const entry of text.split(',').filter((one) => one.trim() !== '')) {
    // Groups of some directories have = in their names: cn=finops,ou=groups has to be mapped by another claim.
    const at = entry.lastIndexOf('=');
    const value = entry.slice(0, Math.max(at, 0)).trim();
    const role = Role.safeParse(entry.slice(at + 1).trim());
    if (value !== '' && role.success) roles.set(value, role.data);
    else
      mistakes.push(`OIDC_ROLE_MAP: must be VALUE=ROLE, with a role of ${Role.options.join(', ')}`);
  }
  if (roles.size === 0 && mistakes.length === 0)
    mistakes.push('OIDC_ROLE_MAP: is needed with OIDC_ISSUER; without a role nobody is let in');
  return roles;
}

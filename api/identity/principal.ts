import type { Role, Scope } from '../../core/contracts/access.ts';
import type { SignInKind } from '../../core/contracts/identity.ts';

/** Who calls: a person with a browser session, or a service with an access token. */
export interface Principal {
  kind: 'user' | 'service';
  id: string;
  name: string;
  /** null for services, which hold scopes only. */
  role: Role | null;
  scopes: readonly Scope[];
  /** The browser session; null for tokens. */
  session: PrincipalSession | null;
  /** The service that acts for the caller, by an exchanged token; null where the caller acts itself. */
  via: { id: string; name: string } | null;
}

/** The browser session that a person calls with. */
export interface PrincipalSession {
  id: string;
  csrfToken: string;
  signIn: SignInKind;
  /** Signed in with a one-time password that is not changed yet. */
  mustChangePassword: boolean;
}

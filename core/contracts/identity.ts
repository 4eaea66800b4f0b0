import { z } from 'zod';
import { GrantableScope, Role, ScopeContract } from './access.ts';
import { pageOf, PageQuery } from './page.ts';
import { Id, Instant, plainText, ShortText } from './scalars.ts';

const Username = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._@-]{1,99}$/,
    'must be 2 to 100 of a-z, 0-9, dot, dash, underscore and @',
  )
  .meta({ example: 'ada' });

// Which of them is too easy to guess depends on the name as well: core/identity/passwordFault.ts.
const Password = z.string().min(12).max(200).meta({ description: 'At least 12 characters' });

/** Sign-in by name and password. */
export const LoginBody = z
  .strictObject({ username: plainText(100), password: z.string().min(1).max(200) })
  .meta({ id: 'LoginBody' });

/** How somebody proved who they are: with a password here, or at the OpenID Connect provider. */
export const SignInKind = z.enum(['password', 'oidc']).meta({ id: 'SignInKind' });

/** How somebody proved who they are. */
export type SignInKind = z.infer<typeof SignInKind>;

/** What the sign-in page offers. */
export const SignInOptions = z
  .object({
    oidcLabel: z.string().nullable().meta({
      description: 'Words on the button of the OpenID Connect sign-in; null where there is none',
    }),
    oidcOnly: z.boolean().meta({ description: 'Passwords are for emergencies only' }),
  })
  .meta({ id: 'SignInOptions' });

/** A new password of one’s own. */
export const PasswordChange = z
  .strictObject({ currentPassword: z.string().min(1).max(200), newPassword: Password })
  .meta({ id: 'PasswordChange' });

/** Who is signed in. */
export const Me = z
  .object({
    kind: z.enum(['user', 'service']),
    id: Id,
    name: z.string(),
    role: Role.nullable(),
    scopes: z.array(ScopeContract),
    teams: z
      .array(z.object({ id: Id, name: z.string() }))
      .meta({ description: 'By name; they limit everybody but admins to what they see' }),
    isLimitedToTeams: z.boolean(),
    csrfToken: z
      .string()
      .nullable()
      .meta({ description: 'Send it as X-CSRF-Token with every write of a browser session' }),
    mustChangePassword: z.boolean().meta({
      description:
        'Signed in with a one-time password: nothing else is allowed before it is changed',
    }),
    signIn: SignInKind.nullable(),
    demoMode: z.boolean(),
    temporalUiUrl: z.string(),
  })
  .meta({ id: 'Me' });

/** Who is signed in. */
export type Me = z.infer<typeof Me>;

/** A new person. */
export const UserCreate = z
  .strictObject({
    username: Username,
    password: Password.optional().meta({
      description: 'At least 12 characters; without it a one-time password is made and shown once',
    }),
    role: Role,
  })
  .meta({ id: 'UserCreate' });

/** Where a browser goes on to sign out at the identity provider as well. */
export const SignedOut = z
  .object({ continueAt: z.url().meta({ description: 'Address at the identity provider' }) })
  .meta({ id: 'SignedOut' });

/** What an admin can change about a person. */
export const UserPatch = z
  .strictObject({
    role: Role.optional(),
    password: Password.optional().meta({
      description: 'At least 12 characters; it has to be changed at the next sign-in',
    }),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'UserPatch' });

/** A person. */
export const User = z
  .object({
    id: Id,
    username: z.string(),
    role: Role,
    enabled: z.boolean(),
    createdAt: Instant,
    signIn: SignInKind,
    oneTimeUntil: Instant.nullable().meta({
      description: 'Until when the one-time password that is not changed yet lets in',
    }),
    lastSignInAt: Instant.nullable(),
  })
  .meta({ id: 'User' });

/** A password that an admin hands over; it has to be changed at the first sign-in. */
export const OneTimePassword = z
  .object({
    oneTimePassword: z.string().meta({ description: 'Shown only now' }),
    oneTimeUntil: Instant,
  })
  .meta({ id: 'OneTimePassword' });

/** A person just added, with the one-time password where none was given. */
export const UserCreated = User.extend({
  oneTimePassword: z.string().optional().meta({ description: 'Shown only now' }),
}).meta({ id: 'UserCreated' });

/** A browser session. */
export const Session = z
  .object({
    id: Id,
    createdAt: Instant,
    lastSeenAt: Instant.meta({ description: 'To the minute' }),
    endsAt: Instant.meta({ description: 'Earlier when it is not used' }),
    address: z.string().nullable().meta({ description: 'Where it was started from' }),
    userAgent: z.string().nullable().meta({ description: 'The browser, as it named itself' }),
    signIn: SignInKind,
    isCurrent: z.boolean().meta({ description: 'Whether it is the one that asks' }),
  })
  .meta({ id: 'Session' });

/** A person’s sessions, the one used last first. */
export const SessionList = z.object({ items: z.array(Session) }).meta({ id: 'SessionList' });

/** How many sessions were ended. */
export const SessionsEnded = z.object({ ended: z.int() }).meta({ id: 'SessionsEnded' });

/** A page of people, by name. */
export const UserPage = pageOf('UserPage', User);

const AccountScopes = z.array(GrantableScope).min(1).max(50);

/** A new service account. */
export const ServiceAccountCreate = z
  .strictObject({ name: ShortText.max(100), scopes: AccountScopes })
  .meta({ id: 'ServiceAccountCreate' });

/** What an admin can change about a service account. */
export const ServiceAccountPatch = z
  .strictObject({
    name: ShortText.max(100).optional(),
    scopes: AccountScopes.optional(),
    enabled: z.boolean().optional().meta({
      description: 'A disabled account gets no token, and those it has are refused for good',
    }),
  })
  .meta({ id: 'ServiceAccountPatch' });

/** How a secret is replaced. */
export const ClientSecretReplace = z
  .strictObject({
    overlapHours: z.number().min(0).max(24).default(0).meta({
      description:
        'Hours for which the old secret stays valid beside the new one; with 0 the account’s tokens are refused at once, too',
    }),
  })
  .meta({ id: 'ClientSecretReplace' });

/** A service account; its secret is shown once, when it is made. */
export const ServiceAccount = z
  .object({
    id: Id,
    name: z.string(),
    clientId: z.string(),
    secretPrefix: z.string(),
    scopes: z.array(z.string()),
    enabled: z.boolean(),
    managed: z.boolean().meta({
      description: 'Belongs to a part of the platform, which gets its secret at each start',
    }),
    createdAt: Instant,
    lastUsedAt: Instant.nullable().meta({ description: 'When it last got a token' }),
    previousSecretUntil: Instant.nullable().meta({
      description: 'Until when a secret that was replaced is still taken',
    }),
  })
  .meta({ id: 'ServiceAccount' });

/** A service account. */
export type ServiceAccount = z.infer<typeof ServiceAccount>;

/** A service account with a secret just made. */
export const ServiceAccountCreated = ServiceAccount.extend({
  clientSecret: z.string().meta({ description: 'Shown only now' }),
}).meta({ id: 'ServiceAccountCreated' });

/** A page of service accounts, by name. */
export const ServiceAccountPage = pageOf('ServiceAccountPage', ServiceAccount);

/** How people and service accounts are listed. */
export const IdentityListQuery = z.strictObject(PageQuery);

/** RFC 6749 appendix A: visible ASCII. */
export const ClientText = z
  .string()
  .max(200)
  .regex(/^[ -~]*$/, 'must be visible ASCII');

/** The grant types of RFC 6749 section 4.4 and of RFC 8693. */
export const GRANT_TYPES = {
  clientCredentials: 'client_credentials',
  tokenExchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
} as const;

/** The one type of token that is taken and given in an exchange, RFC 8693 section 3. */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token' as const;

const TokenTypeText = z.string().max(200).optional();

/**
 * RFC 6749 section 4.4: client credentials; the secret in the body or as HTTP Basic. RFC 8693 section 2.1: the token of
 * somebody else, to be exchanged.
 */
export const TokenBody = z
  .object({
    grant_type: z
      .string()
      .min(1)
      .max(100)
      .meta({
        description: Object.values(GRANT_TYPES).join(' or '),
        example: 'client_credentials',
      }),
    client_id: ClientText.optional(),
    client_secret: ClientText.optional(),
    scope: z
      .string()
      .max(1000)
      .optional()
      .meta({ description: 'Space-separated; default all that can be had' }),
    resource: z.url().max(500).optional().meta({ description: 'RFC 8707: who the token is for' }),
    audience: z.string().max(500).optional().meta({ description: 'Exchange only: as resource' }),
    subject_token: z
      .string()
      .max(8_000)
      .optional()
      .meta({ description: 'Exchange only: the access token that a caller sent to an MCP server' }),
    subject_token_type: TokenTypeText.meta({
      description: `Exchange only: ${ACCESS_TOKEN_TYPE}`,
    }),
    requested_token_type: TokenTypeText.meta({
      description: `Exchange only; default and only choice ${ACCESS_TOKEN_TYPE}`,
    }),
    actor_token: z
      .string()
      .max(8_000)
      .optional()
      .meta({ description: 'Not taken: whoever acts is the client that asks' }),
  })
  .meta({ id: 'TokenBody' });

/** A request for an access token. */
export type TokenBody = z.infer<typeof TokenBody>;

/** RFC 6749 section 5.1, and RFC 8693 section 2.2.1 for an exchange. */
export const TokenReply = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds' }),
    scope: z.string(),
    issued_token_type: z
      .literal(ACCESS_TOKEN_TYPE)
      .optional()
      .meta({ description: 'After an exchange' }),
  })
  .meta({ id: 'TokenReply' });

/** An access token that was given. */
export type TokenReply = z.infer<typeof TokenReply>;

/** RFC 6749 section 5.2. */
export const OAuthError = z
  .object({ error: z.string(), error_description: z.string() })
  .meta({ id: 'OAuthError' });

const TokenText = z.string().min(1).max(8_000);

/** RFC 7662 section 2.1: which token is asked about. */
export const IntrospectBody = z
  .strictObject({ token: TokenText, token_type_hint: TokenTypeText })
  .meta({ id: 'IntrospectBody' });

/** RFC 7662 section 2.2: whether a token holds now, with the scopes that its account still has; nothing else where not. */
export const Introspection = z
  .object({
    active: z.boolean(),
    scope: z.string().optional(),
    client_id: z.string().optional(),
    token_type: z.literal('Bearer').optional(),
    sub: z.string().optional(),
    aud: z.string().optional(),
    iss: z.string().optional(),
    jti: z.string().optional(),
    exp: z.int().optional().meta({ description: 'Seconds since 1970' }),
    restricted: z.boolean().optional().meta({
      description: 'Whether the account sees only what its teams were given',
    }),
  })
  .meta({ id: 'Introspection' });

/** What the API knows of a token. */
export type Introspection = z.infer<typeof Introspection>;

/** RFC 7009 section 2.1; the client's credentials as for a token. */
export const RevokeBody = z
  .object({
    token: TokenText,
    token_type_hint: TokenTypeText,
    client_id: ClientText.optional(),
    client_secret: ClientText.optional(),
  })
  .meta({ id: 'RevokeBody' });

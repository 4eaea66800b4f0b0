import { z } from 'zod';
import { Role, ScopeContract } from './access.ts';
import { pageOf, PageQuery } from './page.ts';
import { Id, Instant, plainText, ShortText } from './scalars.ts';

const Username = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._@-]{1,99}$/,
    'must be 2 to 100 of a-z, 0-9, dot, dash, underscore and @',
  )
  .meta({ example: 'ada' });

const Password = z.string().min(12).max(200).meta({ description: 'At least 12 characters' });

/** Sign-in by name and password. */
export const LoginBody = z
  .strictObject({ username: plainText(100), password: z.string().min(1).max(200) })
  .meta({ id: 'LoginBody' });

/** Who is signed in. */
export const Me = z
  .object({
    kind: z.enum(['user', 'service']),
    id: Id,
    name: z.string(),
    role: Role.nullable(),
    scopes: z.array(z.string()),
    csrfToken: z
      .string()
      .nullable()
      .meta({ description: 'Send it as X-CSRF-Token with every write of a browser session' }),
    demoMode: z.boolean(),
    temporalUiUrl: z.string(),
  })
  .meta({ id: 'Me' });

/** Who is signed in. */
export type Me = z.infer<typeof Me>;

/** A new person. */
export const UserCreate = z
  .strictObject({ username: Username, password: Password, role: Role })
  .meta({ id: 'UserCreate' });

/** What an admin can change about a person. */
export const UserPatch = z
  .strictObject({
    role: Role.optional(),
    password: Password.optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'UserPatch' });

/** A person. */
export const User = z
  .object({ id: Id, username: z.string(), role: Role, enabled: z.boolean(), createdAt: Instant })
  .meta({ id: 'User' });

/** A page of people, by name. */
export const UserPage = pageOf('UserPage', User);

/** A new service account. */
export const ServiceAccountCreate = z
  .strictObject({ name: ShortText.max(100), scopes: z.array(ScopeContract).min(1).max(50) })
  .meta({ id: 'ServiceAccountCreate' });

/** A service account; its secret is shown once, when it is made. */
export const ServiceAccount = z
  .object({
    id: Id,
    name: z.string(),
    clientId: z.string(),
    secretPrefix: z.string(),
    scopes: z.array(z.string()),
    enabled: z.boolean(),
    createdAt: Instant,
  })
  .meta({ id: 'ServiceAccount' });

/** A service account just made, with its secret. */
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

/** RFC 6749 section 4.4: client credentials; the secret in the body or as HTTP Basic. */
export const TokenBody = z
  .object({
    grant_type: z
      .string()
      .min(1)
      .max(100)
      .meta({ description: 'client_credentials', example: 'client_credentials' }),
    client_id: ClientText.optional(),
    client_secret: ClientText.optional(),
    scope: z
      .string()
      .max(1000)
      .optional()
      .meta({ description: 'Space-separated; default all of the account' }),
    resource: z.url().max(500).optional().meta({ description: 'RFC 8707: who the token is for' }),
  })
  .meta({ id: 'TokenBody' });

/** RFC 6749 section 5.1. */
export const TokenReply = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds' }),
    scope: z.string(),
  })
  .meta({ id: 'TokenReply' });

/** RFC 6749 section 5.2. */
export const OAuthError = z
  .object({ error: z.string(), error_description: z.string() })
  .meta({ id: 'OAuthError' });

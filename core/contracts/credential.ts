import { z } from 'zod';
import { Id, Instant, MailAddress, plainText, Provider } from './scalars.ts';

/** One line without spaces, as keys and ids are. */
const token = (lengthMax: number) =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .regex(/^[\x21-\x7e]+$/, 'must be one word of printable ASCII characters');

const uuid = (what: string) =>
  z
    .uuid()
    .toLowerCase()
    .meta({ description: what, example: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11' });

const RoleArn = z
  .string()
  .max(2048)
  .regex(
    /^arn:aws(-cn|-us-gov)?:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    'must be the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME',
  )
  .meta({ description: 'Role that is assumed' });

const ExternalId = z
  .string()
  .min(16, 'must have at least 16 characters, so that it cannot be guessed')
  .max(1224)
  .regex(/^[\w+=,.@:/-]+$/, 'may have letters, digits and +=,.@:/-_')
  .meta({ description: 'External id that the trust policy of the role asks for' });

const AwsAccessKey = z.strictObject({
  kind: z.literal('aws_access_key'),
  accessKeyId: z
    .string()
    .regex(
      /^AKIA[A-Z0-9]{16}$/,
      'must be the id of a lasting access key, AKIA and 16 more; a temporary one (ASIA…) would expire',
    ),
  secretAccessKey: token(128).min(16),
});

const AwsRole = z.strictObject({
  kind: z.literal('aws_role'),
  roleArn: RoleArn,
  externalId: ExternalId,
});

const BillingTable = z
  .string()
  .regex(/^[a-z][a-z0-9.:-]{4,62}\.\w{1,1024}\.[\w$-]{1,1024}$/, 'must be PROJECT.DATASET.TABLE')
  .meta({ description: 'Table or view of the Cloud Billing export' });

// Where a key file names other addresses, its tokens would be asked there: they must be Google's own.
const GcpServiceAccount = z.strictObject({
  kind: z.literal('gcp_service_account'),
  billingTable: BillingTable,
  key: z.strictObject({
    type: z.literal('service_account'),
    project_id: token(128),
    private_key_id: token(128),
    private_key: z
      .string()
      .max(8192)
      .regex(
        /^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n?$/,
        'must be a private key in PEM form, as the key file has it',
      ),
    client_email: MailAddress,
    client_id: token(64).optional(),
    auth_uri: z.literal('https://accounts.google.com/o/oauth2/auth').optional(),
    token_uri: z.literal('https://oauth2.googleapis.com/token'),
    auth_provider_x509_cert_url: z.literal('https://www.googleapis.com/oauth2/v1/certs').optional(),
    client_x509_cert_url: z
      .string()
      .max(512)
      .regex(/^https:\/\/www\.googleapis\.com\/robot\/v1\/metadata\/x509\/[\w.%@-]+$/)
      .optional(),
    universe_domain: z.literal('googleapis.com').optional(),
  }),
});

const GcpWorkloadIdentity = z.strictObject({
  kind: z.literal('gcp_workload_identity'),
  billingTable: BillingTable,
});

const AzureScopes = z
  .array(plainText(300))
  .min(1)
  .max(10)
  .meta({ description: 'Cost Management scopes, such as subscriptions/ID' });

const AzureClientSecret = z.strictObject({
  kind: z.literal('azure_client_secret'),
  tenantId: uuid('Directory (tenant) id'),
  clientId: uuid('Application (client) id'),
  clientSecret: token(256).min(8),
  scopes: AzureScopes,
});

const AzureFederated = z.strictObject({
  kind: z.literal('azure_federated'),
  tenantId: uuid('Directory (tenant) id'),
  clientId: uuid('Application (client) id'),
  scopes: AzureScopes,
});

const AzureManagedIdentity = z.strictObject({
  kind: z.literal('azure_managed_identity'),
  scopes: AzureScopes,
});

const OpenAiAdminKey = z.strictObject({
  kind: z.literal('openai_admin_key'),
  adminKey: z
    .string()
    .max(512)
    .regex(
      /^sk-admin-[\x21-\x7e]{8,}$/,
      'must be an admin key of the organisation, sk-admin-…; a project key cannot read costs',
    ),
});

const AnthropicAdminKey = z.strictObject({
  kind: z.literal('anthropic_admin_key'),
  adminKey: z
    .string()
    .max(512)
    .regex(
      /^sk-ant-admin[\x21-\x7e]{8,}$/,
      'must be an admin key of the organisation, sk-ant-admin…; an API key cannot read costs',
    ),
});

/**
 * What CostGuard signs in with at a provider, for one connection. It goes in and never comes out again but to the service
 * that reads this provider. Addresses are not part of it: those are the operator's, in the environment.
 */
export const CredentialInput = z
  .discriminatedUnion('kind', [
    AwsAccessKey,
    AwsRole,
    GcpServiceAccount,
    GcpWorkloadIdentity,
    AzureClientSecret,
    AzureFederated,
    AzureManagedIdentity,
    OpenAiAdminKey,
    AnthropicAdminKey,
  ])
  .meta({ id: 'CredentialInput' });

/** What CostGuard signs in with at a provider, secrets included. */
export type CredentialInput = z.output<typeof CredentialInput>;

/** How to sign in. */
export const CredentialKind = z
  .enum([
    'aws_access_key',
    'aws_role',
    'gcp_service_account',
    'gcp_workload_identity',
    'azure_client_secret',
    'azure_federated',
    'azure_managed_identity',
    'openai_admin_key',
    'anthropic_admin_key',
  ])
  .meta({ id: 'CredentialKind' });

/** How to sign in. */
export type CredentialKind = z.infer<typeof CredentialKind>;

/** One permission, as the provider names it, and whether the credential has it. */
export const PermissionCheck = z
  .object({
    permission: z.string().max(300),
    status: z.enum(['ok', 'missing', 'failed', 'skipped']),
    detail: z
      .string()
      .max(1000)
      .nullable()
      .meta({ description: 'What to do; null where nothing is to be done' }),
  })
  .meta({ id: 'PermissionCheck' });

/** One permission, as the provider names it, and whether the credential has it. */
export type PermissionCheck = z.infer<typeof PermissionCheck>;

/** What a test of a connection found. */
export const ConnectionTest = z
  .object({
    ok: z.boolean().meta({ description: 'Everything that was tried works' }),
    testedAt: Instant,
    source: z.enum(['stored', 'draft', 'environment']).meta({
      description:
        'What was tested: the stored credential, the one in the request, or what the provider’s server finds in its own environment',
    }),
    checks: z.array(PermissionCheck).max(200),
  })
  .meta({ id: 'ConnectionTest' });

/** What a test of a connection found. */
export type ConnectionTest = z.infer<typeof ConnectionTest>;

/** What may be known of a stored credential; none of it is secret. */
export const Credential = z
  .object({
    connectionId: Id,
    provider: Provider,
    kind: CredentialKind,
    hint: z.string().meta({ description: 'Recognises it: the end of a key’s id, a role, a name' }),
    version: z.int().meta({ description: 'Rises with each replacement' }),
    createdAt: Instant,
    updatedAt: Instant,
    lastTest: z.union([ConnectionTest, z.null()]),
  })
  .meta({ id: 'Credential' });

/** What may be known of a stored credential. */
export type Credential = z.infer<typeof Credential>;

/** All stored credentials; there is at most one for each connection. */
export const CredentialList = z
  .object({ items: z.array(Credential) })
  .meta({ id: 'CredentialList' });

/** Tests a credential before it is stored; without one, what the connection has. */
export const ConnectionTestRequest = z
  .strictObject({ credential: CredentialInput.optional() })
  .meta({ id: 'ConnectionTestRequest' });

/** Which credential is opened: the stored one, or a draft that is being tested. */
export const CredentialOpen = z
  .strictObject({ draftId: Id.optional() })
  .meta({ id: 'CredentialOpen' });

/** A credential as the service that reads its provider gets it. */
export const OpenedCredential = z
  .object({
    connectionId: Id,
    credentialId: Id,
    version: z.int(),
    credential: CredentialInput,
  })
  .meta({
    id: 'OpenedCredential',
    description: 'Secret: for the provider’s own service, in memory only',
  });

/** A credential as the service that reads its provider gets it. */
export type OpenedCredential = z.infer<typeof OpenedCredential>;

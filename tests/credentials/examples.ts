import { generateKeyPairSync } from 'node:crypto';
import type { CredentialInput } from '../../core/contracts/credential.ts';
import type { Provider } from '../../core/contracts/scalars.ts';

/** A credential, what recognises it, and what of it may be seen nowhere. */
interface Example {
  provider: Provider;
  credential: CredentialInput;
  hint: string;
  secrets: string[];
}

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const TENANT = '11111111-1111-4111-8111-111111111111';
const CLIENT = '22222222-2222-4222-8222-222222222222';
const SCOPES = ['subscriptions/33333333-3333-4333-8333-333333333333'];
const TABLE = 'shop-prod.billing.gcp_billing_export_v1_ABC';

/** One of each kind; the keys are made up. */
export const EXAMPLES: Example[] = [
  {
    provider: 'aws',
    credential: {
      kind: 'aws_access_key',
      accessKeyId: 'AKIAPLANTEDKEY001234',
      secretAccessKey: 'planted/secret+of+aws/0123456789abcdefgh',
    },
    hint: '…1234',
    secrets: ['planted/secret+of+aws', 'AKIAPLANTEDKEY00'],
  },
  {
    provider: 'aws',
    credential: {
      kind: 'aws_role',
      roleArn: 'arn:aws:iam::123456789012:role/costguard',
      externalId: 'planted-external-id-0123456789',
    },
    hint: 'arn:aws:iam::123456789012:role/costguard',
    secrets: ['planted-external-id'],
  },
  {
    provider: 'gcp',
    credential: {
      kind: 'gcp_service_account',
      billingTable: TABLE,
      key: {
        type: 'service_account',
        project_id: 'shop',
        private_key_id: 'planted-key-id',
        private_key: privateKey,
        client_email: 'costguard@shop.iam.gserviceaccount.com',
        token_uri: 'https://oauth2.googleapis.com/token',
      },
    },
    hint: 'costguard@shop.iam.gserviceaccount.com',
    secrets: [privateKey.slice(40, 90), 'planted-key-id'],
  },
  {
    provider: 'gcp',
    credential: { kind: 'gcp_workload_identity', billingTable: TABLE },
    hint: TABLE,
    secrets: [],
  },
  {
    provider: 'azure',
    credential: {
      kind: 'azure_client_secret',
      tenantId: TENANT,
      clientId: CLIENT,
      clientSecret: 'planted~secret.of.azure',
      scopes: SCOPES,
    },
    hint: CLIENT,
    secrets: ['planted~secret.of.azure'],
  },
  {
    provider: 'azure',
    credential: { kind: 'azure_federated', tenantId: TENANT, clientId: CLIENT, scopes: SCOPES },
    hint: CLIENT,
    secrets: [],
  },
  {
    provider: 'azure',
    credential: { kind: 'azure_managed_identity', scopes: SCOPES },
    hint: SCOPES.join(),
    secrets: [],
  },
  {
    provider: 'openai',
    credential: { kind: 'openai_admin_key', adminKey: 'sk-admin-planted-secret-9876' },
    hint: '…9876',
    secrets: ['planted-secret'],
  },
  {
    provider: 'anthropic',
    credential: { kind: 'anthropic_admin_key', adminKey: 'sk-ant-admin01-planted-secret-5432' },
    hint: '…5432',
    secrets: ['planted-secret'],
  },
];

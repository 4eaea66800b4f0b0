import type { Schemas } from '../../client/api';

type Provider = Schemas['Provider'];
type CredentialInput = Schemas['CredentialInput'];

/** One field of a form; `secret` is not shown while it is typed. */
export interface Field {
  name: string;
  label: string;
  as: 'text' | 'secret' | 'lines' | 'json';
  placeholder?: string;
}

/** One way to sign in at a provider. */
export interface CredentialForm {
  kind: Schemas['CredentialKind'];
  label: string;
  /** What a person does first, at the provider. */
  how: string;
  fields: Field[];
}

const SCOPES: Field = {
  name: 'scopes',
  label: 'Scopes, one a line',
  as: 'lines',
  placeholder: 'subscriptions/00000000-0000-0000-0000-000000000000',
};
const TABLE: Field = {
  name: 'billingTable',
  label: 'Table of the billing export',
  as: 'text',
  placeholder: 'project.dataset.gcp_billing_export_v1_…',
};
const TENANT: Field = { name: 'tenantId', label: 'Directory (tenant) id', as: 'text' };
const CLIENT: Field = { name: 'clientId', label: 'Application (client) id', as: 'text' };

/** The ways to sign in, by provider; the first is the one to choose: it stores no secret, or the fewest. */
export const FORMS: Record<Provider, CredentialForm[]> = {
  aws: [
    {
      kind: 'aws_role',
      label: 'Role to assume (nothing secret is stored)',
      how: 'Make a role with the policy below, whose trust policy names the identity of CostGuard and this external id.',
      fields: [
        { name: 'roleArn', label: 'Role ARN', as: 'text', placeholder: 'arn:aws:iam::…:role/…' },
        { name: 'externalId', label: 'External id', as: 'text' },
      ],
    },
    {
      kind: 'aws_access_key',
      label: 'Access key of a user',
      how: 'Make a user of its own with the policy below and no console access, then an access key for it.',
      fields: [
        { name: 'accessKeyId', label: 'Access key id', as: 'text', placeholder: 'AKIA…' },
        { name: 'secretAccessKey', label: 'Secret access key', as: 'secret' },
      ],
    },
  ],
  gcp: [
    {
      kind: 'gcp_workload_identity',
      label: 'Workload identity (nothing secret is stored)',
      how: 'Give the identity of the gcp-billing server the roles below.',
      fields: [TABLE],
    },
    {
      kind: 'gcp_service_account',
      label: 'Key file of a service account',
      how: 'Make a service account with the roles below, then a JSON key for it.',
      fields: [TABLE, { name: 'key', label: 'The whole JSON key file', as: 'json' }],
    },
  ],
  azure: [
    {
      kind: 'azure_managed_identity',
      label: 'Managed identity (nothing secret is stored)',
      how: 'Give the identity of the azure-cost server the roles below on each scope.',
      fields: [SCOPES],
    },
    {
      kind: 'azure_federated',
      label: 'Federated application (nothing secret is stored)',
      how: 'Register an application that trusts the workload identity of the azure-cost server, and give it the roles below.',
      fields: [TENANT, CLIENT, SCOPES],
    },
    {
      kind: 'azure_client_secret',
      label: 'Application with a client secret',
      how: 'Register an application, give it the roles below on each scope, then make a client secret.',
      fields: [
        TENANT,
        CLIENT,
        { name: 'clientSecret', label: 'Client secret (its value)', as: 'secret' },
        SCOPES,
      ],
    },
  ],
  openai: [
    {
      kind: 'openai_admin_key',
      label: 'Admin key',
      how: 'An owner of the organisation makes it under organization settings, admin keys.',
      fields: [{ name: 'adminKey', label: 'Admin key', as: 'secret', placeholder: 'sk-admin-…' }],
    },
  ],
  anthropic: [
    {
      kind: 'anthropic_admin_key',
      label: 'Admin key',
      how: 'An admin of the organisation makes it in the console under settings, admin keys.',
      fields: [
        { name: 'adminKey', label: 'Admin key', as: 'secret', placeholder: 'sk-ant-admin…' },
      ],
    },
  ],
};

/** What was typed, as the API takes it. @throws SyntaxError where a key file is no JSON */
export function toCredential(
  { kind, fields }: CredentialForm,
  values: Readonly<Record<string, string>>,
): CredentialInput {
  const entries = fields.map(({ name, as }): [string, unknown] => {
    const text = (values[name] ?? '').trim();
    if (as === 'json') return [name, JSON.parse(text) as unknown];
    if (as === 'lines') return [name, text.split(/\s*\n\s*/).filter((line) => line !== '')];
    return [name, text];
  });
  // The API checks every field and says which one is wrong.
  return { kind, ...Object.fromEntries(entries) } as CredentialInput;
}

import type { CredentialInput } from '../contracts/credential.ts';

/** What a person recognises a credential by. Of secrets at most the last four characters. */
export function credentialHint(credential: CredentialInput): string {
  switch (credential.kind) {
    case 'aws_access_key':
      return `…${credential.accessKeyId.slice(-4)}`;
    case 'aws_role':
      return credential.roleArn;
    case 'gcp_service_account':
      return credential.key.client_email;
    case 'gcp_workload_identity':
      return credential.billingTable;
    case 'azure_client_secret':
    case 'azure_federated':
      return credential.clientId;
    case 'azure_managed_identity':
      return credential.scopes.join(', ').slice(0, 200);
    case 'openai_admin_key':
    case 'anthropic_admin_key':
      return `…${credential.adminKey.slice(-4)}`;
  }
}

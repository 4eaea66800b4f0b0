import type { CredentialKind } from '../contracts/credential.ts';
import type { Provider } from '../contracts/scalars.ts';

/** The provider that a kind of credential is for. */
export const PROVIDER_OF_KIND = {
  aws_access_key: 'aws',
  aws_role: 'aws',
  gcp_service_account: 'gcp',
  gcp_workload_identity: 'gcp',
  azure_client_secret: 'azure',
  azure_federated: 'azure',
  azure_managed_identity: 'azure',
  openai_admin_key: 'openai',
  anthropic_admin_key: 'anthropic',
} as const satisfies Record<CredentialKind, Provider>;

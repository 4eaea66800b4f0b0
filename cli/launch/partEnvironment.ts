/** Which secrets and addresses a part of CostGuard may have. */
export interface PartNeeds {
  database?: boolean;
  /** The key that wraps stored secrets. */
  vault?: boolean;
  /** Credentials and endpoint of AWS. */
  aws?: boolean;
  /** Credentials and endpoints of Google Cloud. */
  gcp?: boolean;
  /** Credentials and endpoint of Azure. */
  azure?: boolean;
  /** Admin keys of OpenAI and Anthropic. */
  llm?: boolean;
  /** The client secret at the OpenID Connect provider, by which people sign in. */
  signIn?: boolean;
  /** The first admin's password. */
  adminPassword?: boolean;
}

type Source = Record<string, string | undefined>;

/** Never handed on as they stand: each part gets its own. */
const SERVICE_ACCOUNT = ['COSTGUARD_CLIENT_ID', 'COSTGUARD_CLIENT_SECRET', 'COSTGUARD_TOKEN'];

/** Beginnings of the variables from which the providers' own clients read credentials and endpoints. */
const PROVIDER_VARIABLES = {
  aws: ['AWS_'],
  gcp: ['GCP_', 'GOOGLE_', 'CLOUDSDK_', 'BIGQUERY_'],
  // The last two are those of a managed identity.
  azure: ['AZURE_', 'IDENTITY_', 'MSI_'],
  llm: ['OPENAI_', 'ANTHROPIC_'],
} as const;

/**
 * The environment of one part: what CostGuard was started with and the launcher's `settings`, less the secrets that this
 * part does not need.
 */
export function partEnvironment(
  source: Source,
  settings: Source,
  needs: PartNeeds,
  own: Source = {},
): Source {
  const isWithheld = (name: string) =>
    SERVICE_ACCOUNT.includes(name) ||
    (needs.database !== true && name === 'DATABASE_URL') ||
    (needs.vault !== true && name === 'COSTGUARD_KEK') ||
    (needs.signIn !== true && name === 'OIDC_CLIENT_SECRET') ||
    PROVIDERS.some((provider) => needs[provider] !== true && isOf(provider, name)) ||
    (needs.adminPassword !== true && name === 'COSTGUARD_ADMIN_PASSWORD');
  const shared = Object.entries({ ...source, ...settings }).filter(([name]) => !isWithheld(name));
  return { ...Object.fromEntries(shared), ...own };
}

const PROVIDERS = ['aws', 'gcp', 'azure', 'llm'] as const;

// A server's address is no secret of its provider.
const isOf = (provider: keyof typeof PROVIDER_VARIABLES, name: string): boolean =>
  !name.endsWith('_MCP_URL') &&
  PROVIDER_VARIABLES[provider].some((start) => name.startsWith(start));

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
    (needs.vault !== true && name.startsWith('COSTGUARD_KEK')) ||
    PROVIDERS.some((provider) => needs[provider] !== true && isOf(provider, name)) ||
    (needs.adminPassword !== true && name === 'COSTGUARD_ADMIN_PASSWORD');
  const shared = Object.entries({ ...source, ...settings }).filter(([name]) => !isWithheld(name));
  const forKek = needs.vault === true ? kekVariables(source) : [];
  return { ...Object.fromEntries([...shared, ...forKek]), ...own };
}

const KEK_SERVICES = { 'aws-kms': 'aws', 'gcp-kms': 'gcp', 'azure-key-vault': 'azure' } as const;

/** What a part needs to reach the key service; addresses that the launcher added are the demo account's and not meant. */
function kekVariables(source: Source): [string, string | undefined][] {
  const places = `${source['COSTGUARD_KEK_PROVIDER'] ?? ''},${source['COSTGUARD_KEK_PREVIOUS'] ?? ''}`;
  return Object.entries(KEK_SERVICES)
    .filter(([service]) => places.includes(service))
    .flatMap(([, provider]) => Object.entries(source).filter(([name]) => isOf(provider, name)));
}

const PROVIDERS = ['aws', 'gcp', 'azure', 'llm'] as const;

// A server's address is no secret of its provider.
const isOf = (provider: keyof typeof PROVIDER_VARIABLES, name: string): boolean =>
  !name.endsWith('_MCP_URL') &&
  PROVIDER_VARIABLES[provider].some((start) => name.startsWith(start));

import { EnvSchema } from '../../core/config/env.ts';

/** Which secrets and addresses a part of CostGuard may have. */
export interface PartNeeds {
  database?: boolean;
  /** The administrator's login to the database. */
  migration?: boolean;
  /** The key that wraps stored secrets. */
  vault?: boolean;
  /** The client secret at the provider where people sign in. */
  signIn?: boolean;
  /** Credentials and endpoint of AWS. */
  aws?: boolean;
  /** Credentials and endpoints of Google Cloud. */
  gcp?: boolean;
  /** Credentials and endpoint of Azure. */
  azure?: boolean;
  /** Admin keys of OpenAI and Anthropic. */
  llm?: boolean;
  /** Where backups go and the key that encrypts them. */
  backup?: boolean;
  /** The first admin's password. */
  adminPassword?: boolean;
}

type Source = Record<string, string | undefined>;

/** Beginnings of the variables that a part gets only where it needs them. */
const WITHHELD = {
  database: ['DATABASE_URL'],
  vault: ['COSTGUARD_KEK'],
  migration: ['MIGRATION_DATABASE_URL'],
  signIn: ['OIDC_CLIENT_SECRET'],
  adminPassword: ['COSTGUARD_ADMIN_PASSWORD'],
  backup: ['BACKUP_'],
  // What the providers' own clients read credentials and endpoints from.
  aws: ['AWS_'],
  gcp: ['GCP_', 'GOOGLE_', 'CLOUDSDK_', 'BIGQUERY_'],
  // The last two are those of a managed identity.
  azure: ['AZURE_', 'IDENTITY_', 'MSI_'],
  llm: ['OPENAI_', 'ANTHROPIC_'],
} as const satisfies Record<keyof PartNeeds, readonly string[]>;

/**
 * A variable of ours that holds a secret by its name, whatever it is for: one that nobody has thought of here goes to no part.
 * Other programs' variables are not ours to judge.
 */
const isSecret = (name: string): boolean =>
  Object.hasOwn(EnvSchema.shape, name) && /SECRET|PASSWORD|TOKEN|KEK|_KEY$|DATABASE_URL/.test(name);

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
  const needed = NEEDS.filter((need) => needs[need]);
  const isGiven = (name: string): boolean => {
    if (needed.some((need) => isOf(need, name))) return true;
    const isWithheld = NEEDS.some((need) => isOf(need, name));
    return !isWithheld && !SERVICE_ACCOUNT.includes(name) && !isSecret(name);
  };
  const shared = Object.entries({ ...source, ...settings }).filter(([name]) => isGiven(name));
  const forKek = needs.vault === true ? kekVariables(source) : [];
  return { ...Object.fromEntries([...shared, ...forKek]), ...own };
}

const NEEDS = Object.keys(WITHHELD) as (keyof PartNeeds)[];

// A server's address is no secret of its provider.
const isOf = (need: keyof PartNeeds, name: string): boolean =>
  !name.endsWith('_MCP_URL') && WITHHELD[need].some((start) => name.startsWith(start));

const KEK_SERVICES = { 'aws-kms': 'aws', 'gcp-kms': 'gcp', 'azure-key-vault': 'azure' } as const;

/** What a part needs to reach the key service; addresses that the launcher added are the demo account's and not meant. */
function kekVariables(source: Source): [string, string | undefined][] {
  const places = `${source['COSTGUARD_KEK_PROVIDER'] ?? ''},${source['COSTGUARD_KEK_PREVIOUS'] ?? ''}`;
  return Object.entries(KEK_SERVICES)
    .filter(([service]) => places.includes(service))
    .flatMap(([, provider]) => Object.entries(source).filter(([name]) => isOf(provider, name)));
}

/** Never handed on as they stand: each part gets its own. */
const SERVICE_ACCOUNT = [
  'COSTGUARD_CLIENT_ID',
  'COSTGUARD_CLIENT_SECRET',
  'COSTGUARD_PAYLOAD_KEYS',
  'COSTGUARD_TOKEN',
];

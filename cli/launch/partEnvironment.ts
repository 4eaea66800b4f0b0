/** Which secrets and addresses a part of CostGuard may have. */
export interface PartNeeds {
  database?: boolean;
  /** The key that wraps stored secrets. */
  vault?: boolean;
  /** Credentials and endpoint of AWS. */
  aws?: boolean;
  /** The first admin's password. */
  adminPassword?: boolean;
}

type Source = Record<string, string | undefined>;

/** Never handed on as they stand: each part gets its own. */
const SERVICE_ACCOUNT = ['COSTGUARD_CLIENT_ID', 'COSTGUARD_CLIENT_SECRET'];

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
    (needs.aws !== true && name.startsWith('AWS_')) ||
    (needs.adminPassword !== true && name === 'COSTGUARD_ADMIN_PASSWORD');
  const shared = Object.entries({ ...source, ...settings }).filter(([name]) => !isWithheld(name));
  return { ...Object.fromEntries(shared), ...own };
}

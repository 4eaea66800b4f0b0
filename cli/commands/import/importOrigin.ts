import type { Provider } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { providerOf } from '../../../core/focus/providerOf.ts';

/** Whose costs a file tells, as far as it was read. */
export interface ImportOrigin {
  providerName: string | undefined;
  provider: Provider | undefined;
  /** The first two billing accounts: more than one say that the connection must be named. */
  accounts: string[];
}

/** Where the costs of a file go. */
export interface ImportTarget {
  name: string;
  provider: Provider;
}

/** Collects the origin of a file's rows. */
export interface OriginCollector {
  /** @throws CostGuardError `invalid_request` for a provider that is none of ours, and for a second one */
  add: (providerName: string, account: string) => void;
  found: () => ImportOrigin;
}

/** `provider` is what a person named: then the file may name any. */
export function createOrigin(provider: Provider | undefined): OriginCollector {
  const providerNames = new Set<string>();
  const accounts = new Set<string>();
  let found = provider;
  let lastName: string | undefined;
  let lastAccount: string | undefined;
  const addProvider = (name: string) => {
    providerNames.add(name);
    if (provider !== undefined) return;
    const derived = providerOf(name);
    if (derived === undefined) {
      throw invalid(
        `The file is of the provider ${name}, which is none of ours; say with --provider where it belongs. Nothing was stored.`,
      );
    }
    if (found !== undefined && found !== derived) {
      throw invalid(
        `The file mixes costs of several providers (${[...providerNames].join(', ')}); split it by ProviderName and import each part. Nothing was stored.`,
      );
    }
    found = derived;
  };
  return {
    add: (providerName, account) => {
      // Most rows are of the same origin as the one before.
      if (providerName === lastName && account === lastAccount) return;
      lastName = providerName;
      lastAccount = account;
      if (!providerNames.has(providerName)) addProvider(providerName);
      if (accounts.size < 2) accounts.add(account);
    },
    found: () => ({
      providerName: providerNames.values().next().value,
      provider: found,
      accounts: [...accounts],
    }),
  };
}

/**
 * One provider, and one billing account unless the connection is named.
 *
 * @throws CostGuardError `invalid_request` where the file does not say where its costs belong
 */
export function targetOf(
  { providerName, provider, accounts }: ImportOrigin,
  connection: string | undefined,
): ImportTarget {
  if (connection === undefined && accounts.length !== 1) {
    throw invalid(
      'The file tells of several billing accounts, or of none; name its connection with --connection. Nothing was stored.',
    );
  }
  if (provider === undefined) {
    throw invalid('The file names no provider; say which with --provider. Nothing was stored.');
  }
  const [account] = accounts;
  return {
    name: connection ?? `FOCUS import: ${String(providerName)} ${String(account)}`.slice(0, 100),
    provider,
  };
}

function invalid(detail: string): CostGuardError {
  return new CostGuardError('invalid_request', detail);
}

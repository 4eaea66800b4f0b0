import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { CryptographyClient, type CryptographyClientOptions } from '@azure/keyvault-keys';
import { CostGuardError } from '../../core/errors.ts';
import type { Kek } from './kek.ts';

// The one wrapping that RSA keys of a vault (hardware-protected or not) offer and that is not broken: RSA1_5 and RSA-OAEP use SHA-1.
const ALGORITHM = 'RSA-OAEP-256';
const KEY_URL = /^https?:\/\/[^/]+\/keys\/[\w-]+\/\w+$/;

interface AzureKekOptions {
  credential?: TokenCredential;
  client?: CryptographyClientOptions;
}

/**
 * A version of an RSA key of Azure Key Vault: `keyUrl` is `https://VAULT.vault.azure.net/keys/NAME/VERSION`. Tokens come from
 * Azure's default chain. Only the version that wrapped can unwrap, and wrapping does not say which that was; so another
 * version is another KEK.
 *
 * @see https://learn.microsoft.com/rest/api/keyvault/keys/wrap-key/wrap-key
 * @throws CostGuardError `config_invalid` for what is no address of a version of a key
 */
export function createAzureKek(keyUrl: string, options: AzureKekOptions = {}): Kek {
  if (!KEY_URL.test(keyUrl)) {
    throw new CostGuardError(
      'config_invalid',
      'COSTGUARD_KEK_KEY must be the address of a version of the key, https://VAULT.vault.azure.net/keys/NAME/VERSION.',
    );
  }
  const id = `azure-key-vault:${keyUrl}`;
  const credential = options.credential ?? new DefaultAzureCredential();
  const client = new CryptographyClient(keyUrl, credential, options.client);
  return {
    id,
    wrap: async (key) => {
      const { result } = await asked(id, 'keys/wrap', () => client.wrapKey(ALGORITHM, key));
      return { kekId: id, bytes: Buffer.from(result) };
    },
    unwrap: async ({ bytes }) => {
      const { result } = await asked(id, 'keys/unwrap', () => client.unwrapKey(ALGORITHM, bytes));
      return Buffer.from(result);
    },
  };
}

async function asked<T>(id: string, permission: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (cause) {
    const { name, statusCode } = (cause ?? {}) as { name?: unknown; statusCode?: unknown };
    const reason = typeof statusCode === 'number' ? `HTTP ${statusCode}` : String(name);
    throw new CostGuardError(
      'key_unavailable',
      `The KEK ${id} did not do ${permission} (${reason}). Check that the key exists, is an enabled RSA key, that this process's identity has the role "Key Vault Crypto User" on it, and that the vault can be reached.`,
      { internal: { reason } },
    );
  }
}

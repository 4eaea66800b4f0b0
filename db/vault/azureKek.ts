import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { CryptographyClient, type CryptographyClientOptions } from '@azure/keyvault-keys';
import { CostGuardError } from '../../core/errors.ts';
import type { Kek } from './kek.ts';

// The one wrapping that RSA keys of a vault (hardware-protected or not) offer and that is not broken: RSA1_5 and RSA-OAEP use SHA-1.
const ALGORITHM = 'RSA-OAEP-256';
const KEY_URL = /^(https?:\/\/[^/]+\/keys\/[\w-]+)(?:\/(\w+))?$/;

interface AzureKekOptions {
  credential?: TokenCredential;
  client?: CryptographyClientOptions;
}

/**
 * An RSA key of Azure Key Vault: `keyUrl` is `https://VAULT.vault.azure.net/keys/NAME`, with a version or without. Tokens
 * come from Azure's default chain. The version that wrapped is kept, since unwrapping must name it.
 *
 * @see https://learn.microsoft.com/rest/api/keyvault/keys/wrap-key/wrap-key
 * @throws CostGuardError `config_invalid` for what is no address of a key
 */
export function createAzureKek(keyUrl: string, options: AzureKekOptions = {}): Kek {
  const [, address, pinned] = KEY_URL.exec(keyUrl.replace(/\/+$/, '')) ?? [];
  if (address === undefined) {
    throw new CostGuardError(
      'config_invalid',
      'COSTGUARD_KEK_KEY must be the address of the key, such as https://VAULT.vault.azure.net/keys/NAME.',
    );
  }
  const id = `azure-key-vault:${address}`;
  const credential = options.credential ?? new DefaultAzureCredential();
  const clientOf = (version: string | undefined) =>
    new CryptographyClient(
      version === undefined ? address : `${address}/${version}`,
      credential,
      options.client,
    );
  return {
    id,
    wrap: async (key) => {
      const { result, keyID } = await asked(id, 'keys/wrap', () =>
        clientOf(pinned).wrapKey(ALGORITHM, key),
      );
      const version = KEY_URL.exec(keyID ?? '')?.[2] ?? pinned ?? null;
      return { kekId: id, kekVersion: version, bytes: Buffer.from(result) };
    },
    unwrap: async ({ kekVersion, bytes }) => {
      const { result } = await asked(id, 'keys/unwrap', () =>
        clientOf(kekVersion ?? pinned).unwrapKey(ALGORITHM, bytes),
      );
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

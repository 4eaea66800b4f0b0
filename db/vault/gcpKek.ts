import { GoogleAuth } from 'google-auth-library';
import { z } from 'zod';
import { CostGuardError } from '../../core/errors.ts';
import type { Kek } from './kek.ts';

const KEY_NAME = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;
const SCOPE = 'https://www.googleapis.com/auth/cloudkms';
const TIMEOUT_MS = 10_000;

const Encrypted = z.object({ ciphertext: z.base64() });
const Decrypted = z.object({ plaintext: z.base64() });

interface GcpKekOptions {
  /** Where Cloud KMS is; default https://cloudkms.googleapis.com. */
  endpoint?: string;
  /** The Authorization header; default that of the application default credentials. */
  authorization?: () => Promise<string>;
}

/**
 * A symmetric key of Google Cloud KMS: `keyName` is `projects/P/locations/L/keyRings/R/cryptoKeys/K`. The wrapped bytes name
 * the version themselves, so Google's own rotation needs no rewrap.
 *
 * @see https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/encrypt
 * @throws CostGuardError `config_invalid` for what is no name of a key
 */
export function createGcpKek(keyName: string, options: GcpKekOptions = {}): Kek {
  if (!KEY_NAME.test(keyName)) {
    throw new CostGuardError(
      'config_invalid',
      'COSTGUARD_KEK_KEY must be the name of the key, projects/P/locations/L/keyRings/R/cryptoKeys/K.',
    );
  }
  const id = `gcp-kms:${keyName}`;
  const base = `${options.endpoint ?? 'https://cloudkms.googleapis.com'}/v1/${keyName}`;
  const authorization = options.authorization ?? defaultAuthorization();
  const ask = async <T extends z.ZodType>(
    verb: 'encrypt' | 'decrypt',
    body: Record<string, string>,
    answer: T,
  ): Promise<z.output<T>> => {
    const permission = `cloudkms.cryptoKeyVersions.useTo${verb === 'encrypt' ? 'Encrypt' : 'Decrypt'}`;
    try {
      const reply = await fetch(`${base}:${verb}`, {
        method: 'POST',
        headers: { authorization: await authorization(), 'content-type': 'application/json' },
        body: JSON.stringify(body),
        // The token is for this address only.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!reply.ok) {
        await reply.body?.cancel();
        throw refused(id, permission, `HTTP ${reply.status}`);
      }
      return answer.parse(await reply.json());
    } catch (error) {
      if (error instanceof CostGuardError) throw error;
      throw refused(id, permission, error instanceof Error ? error.name : 'no answer');
    }
  };
  const bound = (context: string) => Buffer.from(context).toString('base64');
  return {
    id,
    wrap: async (key, context) => {
      const body = {
        plaintext: key.toString('base64'),
        additionalAuthenticatedData: bound(context),
      };
      const { ciphertext } = await ask('encrypt', body, Encrypted);
      return { kekId: id, bytes: Buffer.from(ciphertext, 'base64') };
    },
    unwrap: async ({ bytes }, context) => {
      const body = {
        ciphertext: bytes.toString('base64'),
        additionalAuthenticatedData: bound(context),
      };
      const { plaintext } = await ask('decrypt', body, Decrypted);
      return Buffer.from(plaintext, 'base64');
    },
  };
}

function defaultAuthorization(): () => Promise<string> {
  const auth = new GoogleAuth({ scopes: [SCOPE] });
  return async () => {
    const token = await auth.getAccessToken();
    return `Bearer ${String(token)}`;
  };
}

function refused(id: string, permission: string, reason: string): CostGuardError {
  return new CostGuardError(
    'key_unavailable',
    `The KEK ${id} did not do ${permission} (${reason}). Check that the key exists and is enabled, that this process's identity has the role roles/cloudkms.cryptoKeyEncrypterDecrypter on it, and that Cloud KMS can be reached.`,
    { internal: { reason } },
  );
}

import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { CostGuardError } from '../../core/errors.ts';
import type { Kek } from './kek.ts';

/** The encryption context's key: IAM policies can tell uses apart by it, and CloudTrail shows it. */
const CONTEXT_KEY = 'costguard';

/**
 * A symmetric key of AWS KMS: `keyId` is its id, ARN or alias. Credentials, region and endpoint come from the SDK's own
 * chain. The wrapped bytes name key and version themselves, so AWS's own rotation needs no rewrap.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
 */
export function createAwsKek(keyId: string, client = createClient(keyId)): Kek {
  const id = `aws-kms:${keyId}`;
  return {
    id,
    wrap: async (key, context) => {
      const { CiphertextBlob } = await asked(id, 'kms:Encrypt', () =>
        client.send(
          new EncryptCommand({
            KeyId: keyId,
            Plaintext: key,
            EncryptionContext: { [CONTEXT_KEY]: context },
          }),
        ),
      );
      if (CiphertextBlob === undefined) throw refused(id, 'kms:Encrypt');
      return { kekId: id, bytes: Buffer.from(CiphertextBlob) };
    },
    unwrap: async ({ bytes }, context) => {
      const { Plaintext } = await asked(id, 'kms:Decrypt', () =>
        client.send(
          new DecryptCommand({
            // Named, so that a row whose bytes were swapped cannot choose another key of the account.
            KeyId: keyId,
            CiphertextBlob: bytes,
            EncryptionContext: { [CONTEXT_KEY]: context },
          }),
        ),
      );
      if (Plaintext === undefined) throw refused(id, 'kms:Decrypt');
      return Buffer.from(Plaintext);
    },
  };
}

function createClient(keyId: string): KMSClient {
  const region = /^arn:[\w-]+:kms:([\w-]+):/.exec(keyId)?.[1];
  return new KMSClient({
    ...(region === undefined ? {} : { region }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 },
  });
}

async function asked<T>(id: string, permission: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (cause) {
    throw refused(id, permission, cause);
  }
}

/** What AWS wrote can quote ARNs and request headers; its name alone goes to the log. */
function refused(id: string, permission: string, cause?: unknown): CostGuardError {
  const name = cause instanceof Error ? cause.name : 'no answer';
  return new CostGuardError(
    'key_unavailable',
    `The KEK ${id} did not do ${permission} (${name}). Check that the key exists and is enabled, that this process has AWS credentials with ${permission} on it, and that AWS KMS can be reached.`,
    { internal: { reason: name } },
  );
}

import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Env } from '../../core/config/env.ts';
import { CostGuardError } from '../../core/errors.ts';

/** Seals secrets for the database; `context` names the table and row, and a value opens only in the same place. */
export interface Vault {
  seal: (plain: Buffer, context: string) => string;
  /** @throws CostGuardError `key_unavailable` when the key is not the one that sealed, or the value was moved or changed */
  open: (sealed: string, context: string) => Buffer;
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with a fresh 96-bit nonce; the context is additional data. */
export function createVault(key: Buffer): Vault {
  return {
    seal: (plain, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open: (sealed, context) => {
      try {
        const [version, text] = sealed.split('.');
        if (version !== VERSION || text === undefined) throw new TypeError('unknown form');
        const bytes = Buffer.from(text, 'base64url');
        // Without the length Node takes a tag of four bytes as well, which can be guessed.
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        })
          .setAAD(Buffer.from(context))
          .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([
          decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
          decipher.final(),
        ]);
      } catch (cause) {
        throw new CostGuardError(
          'key_unavailable',
          'A stored secret cannot be opened. Start with the COSTGUARD_KEK (or the kek file in COSTGUARD_HOME) that this database was set up with.',
          { cause },
        );
      }
    },
  };
}

/**
 * The vault with the key from COSTGUARD_KEK, else from the file COSTGUARD_HOME/kek.
 *
 * @param create make the file when there is none; only the first start may, so that a lost key is noticed
 * @throws CostGuardError `key_unavailable` when there is no key
 */
export async function loadVault(env: Env, options: { create: boolean }): Promise<Vault> {
  if (env.COSTGUARD_KEK !== undefined)
    return createVault(Buffer.from(env.COSTGUARD_KEK, 'base64url'));
  const file = path.join(env.COSTGUARD_HOME, 'kek');
  if (options.create) await createKeyFile(file);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CostGuardError(
      'key_unavailable',
      'There is no key for stored secrets: set COSTGUARD_KEK, or start with "npm start", which makes one in COSTGUARD_HOME.',
      { cause },
    );
  });
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== 32)
    throw new CostGuardError(
      'key_unavailable',
      'The kek file in COSTGUARD_HOME is not 32 bytes in base64url; restore it from a backup.',
    );
  return createVault(key);
}

async function createKeyFile(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  // Not the process id: two containers that share the folder may both be process 1.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
  await chmod(draft, 0o600);
  // link() fails where the file exists: two first starts at once agree on one key.
  await link(draft, file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await rm(draft, { force: true });
}

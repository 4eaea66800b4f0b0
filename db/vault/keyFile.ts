import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CostGuardError } from '../../core/errors.ts';
import { KEY_BYTES } from './kek.ts';

/** The key in a file of 32 bytes in base64url. @throws CostGuardError `key_unavailable` when there is none, or it is not one */
export async function readKeyFile(file: string): Promise<Buffer> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CostGuardError(
      'key_unavailable',
      `There is no key for stored secrets at ${file}: set COSTGUARD_KEK, restore the file from a backup, or start with "npm start", which makes one on an empty database.`,
      { cause },
    );
  });
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length === KEY_BYTES) return key;
  throw new CostGuardError(
    'key_unavailable',
    `The key file ${file} is not 32 bytes in base64url; restore it from a backup.`,
  );
}

/** Makes the file with a new key, for its owner only, unless there is one. */
export async function createKeyFile(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  // Not the process id: two containers that share the folder may both be process 1.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, randomBytes(KEY_BYTES).toString('base64url'), { mode: 0o600 });
  await chmod(draft, 0o600);
  // link() fails where the file exists: two first starts at once agree on one key.
  await link(draft, file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await rm(draft, { force: true });
}

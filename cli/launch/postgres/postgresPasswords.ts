import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const Passwords = z.object({ superuser: z.string().min(20), costguard: z.string().min(20) });

/** The passwords of the embedded Postgres: its superuser, and the role that CostGuard connects as. */
export type PostgresPasswords = z.infer<typeof Passwords>;

/** Reads the passwords from the file, or makes new ones and writes them there, readable by its owner only. */
export function postgresPasswords(file: string): PostgresPasswords {
  try {
    return Passwords.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : ''}`, {
        cause: error,
      });
    }
  }
  const made: PostgresPasswords = { superuser: newPassword(), costguard: newPassword() };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(made)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return made;
}

const newPassword = () => randomBytes(24).toString('base64url');

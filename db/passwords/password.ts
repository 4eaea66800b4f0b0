import { hash, verify } from '@node-rs/argon2';
import { createGate } from './gate.ts';

// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

// As many as libuv's threads, so at most 76 MiB, whatever is asked of the process; those who wait are served in seconds.
const gate = createGate({ atOnce: 4, waitingMax: 64 });

/** An argon2id hash in PHC form. @throws CostGuardError `too_many_requests` when too much of this work waits */
export function hashPassword(password: string): Promise<string> {
  return gate.run(() => hash(password, ARGON2ID), true);
}

let decoy: Promise<string> | undefined;

/**
 * Whether the password is right. For a name that does not exist, or has no password, pass none: as much time passes,
 * so that the answer does not tell which names exist.
 *
 * @param isPreferred goes before the tries of strangers
 * @throws CostGuardError `too_many_requests` when too much of this work waits
 */
export async function isPassword(
  password: string,
  passwordHash: string | null | undefined,
  isPreferred = false,
): Promise<boolean> {
  decoy ??= hash('no password has this hash', ARGON2ID);
  const stored = passwordHash ?? (await decoy);
  const matches = await gate.run(() => verify(stored, password), isPreferred);
  return matches && typeof passwordHash === 'string';
}

/** Whether a hash was made with less work than today's are, so that it should be made anew at the next chance. */
export function isWeakHash(passwordHash: string): boolean {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(passwordHash);
  if (found === null) return true;
  const [memoryCost = 0, timeCost = 0] = found.slice(1).map(Number);
  return memoryCost < ARGON2ID.memoryCost || timeCost < ARGON2ID.timeCost;
}

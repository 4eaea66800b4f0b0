import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = (home: string) => join(home, 'first-sign-in');

/** Keeps the first admin's password, readable by the owner only, until it was shown: a start may end before that. */
export function keepFirstSignIn(home: string, password: string | undefined): void {
  if (password !== undefined) writeFileSync(file(home), password, { mode: 0o600 });
}

/** The first admin's password, if nobody was shown it yet. */
export function findFirstSignIn(home: string): string | undefined {
  return existsSync(file(home)) ? readFileSync(file(home), 'utf8') : undefined;
}

/** It was shown; from now on only its hash exists. */
export function forgetFirstSignIn(home: string): void {
  rmSync(file(home), { force: true });
}

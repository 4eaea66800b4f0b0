import type { Scope } from '../../../core/contracts/access.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Principal } from '../principal.ts';

/**
 * Checks that whoever is served has all these scopes already, where it is a service: with an account of its own making it
 * could do no more than before.
 *
 * @throws CostGuardError `forbidden`
 */
export function assertHolds(principal: Principal, scopes: readonly string[]): void {
  if (principal.kind === 'user') return;
  const missing = scopes.filter((scope) => !principal.scopes.includes(scope as Scope));
  if (missing.length === 0) return;
  throw new CostGuardError(
    'forbidden',
    `A service manages only accounts whose scopes it holds itself, and this one lacks ${missing.join(', ')}; have a person with the role admin do it.`,
  );
}

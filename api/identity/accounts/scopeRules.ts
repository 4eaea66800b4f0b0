import { GRANTABLE_SCOPES, SERVICE_SCOPES, type Scope } from '../../../core/contracts/access.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Principal } from '../principal.ts';

/**
 * Checks that an account may be given these scopes: only what services can hold and what is not for the platform's own
 * parts.
 *
 * @throws CostGuardError `invalid_request` that names each scope that cannot be given
 */
export function assertGrantable(scopes: readonly Scope[]): void {
  const errors = scopes.flatMap((scope, index) =>
    GRANTABLE_SCOPES.includes(scope)
      ? []
      : [{ pointer: `/scopes/${index}`, detail: whyNot(scope) }],
  );
  if (errors.length === 0) return;
  throw new CostGuardError('invalid_request', 'Leave out the scopes named in errors.', { errors });
}

const whyNot = (scope: Scope): string =>
  SERVICE_SCOPES.includes(scope)
    ? 'can be held only by the platform’s own parts'
    : 'can be held by people only';

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

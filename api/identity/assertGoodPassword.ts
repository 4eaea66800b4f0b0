import { CostGuardError } from '../../core/errors.ts';
import { passwordFault } from '../../core/identity/passwordFault.ts';

/** @throws CostGuardError `password_refused` at the field `pointer` for a password that is too easy to guess */
export function assertGoodPassword(password: string, username: string, pointer: string): void {
  const fault = passwordFault(password, username);
  if (fault === undefined) return;
  throw new CostGuardError('password_refused', `The password ${fault}.`, {
    errors: [{ pointer, detail: fault }],
  });
}

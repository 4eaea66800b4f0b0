import { CostGuardError } from '../../core/errors.ts';
import type { Route } from '../http/route.ts';
import type { Principal } from './principal.ts';

/** Keeps whoever signed in with a one-time password out of everything but changing it. @throws CostGuardError `password_change_required` */
export function assertPasswordChanged(principal: Principal | null, route: Route): void {
  const isOpen = route.access === 'public' || route.isOpenBeforePasswordChange === true;
  if (isOpen || principal?.session?.mustChangePassword !== true) return;
  throw new CostGuardError(
    'password_change_required',
    'Choose a password of your own first: POST /api/v1/auth/password, or sign in to the dashboard.',
  );
}

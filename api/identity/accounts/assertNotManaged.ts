import { CostGuardError } from '../../../core/errors.ts';

/** Refuses what the next start would undo, or what would cut a part off. @throws CostGuardError `service_account_managed` */
export function assertNotManaged(account: { managed: boolean; name: string }): void {
  if (!account.managed) return;
  throw new CostGuardError(
    'service_account_managed',
    `${account.name} is the account of a part of CostGuard: it can be disabled and enabled here, and each start gives it its scopes and a new secret.`,
  );
}

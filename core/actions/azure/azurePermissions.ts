/** What a role assignment allows. `*` stands for any characters. */
export interface AzurePermission {
  actions: readonly string[];
  notActions: readonly string[];
}

/**
 * Which of these actions no assignment allows. An action is allowed where one assignment names it and does not except it.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions
 */
export function listMissingActions(
  permissions: readonly AzurePermission[],
  wanted: readonly string[],
): string[] {
  const isAllowed = (action: string): boolean =>
    permissions.some(
      ({ actions, notActions }) =>
        actions.some((pattern) => matches(pattern, action)) &&
        !notActions.some((pattern) => matches(pattern, action)),
    );
  return wanted.filter((action) => !isAllowed(action));
}

function matches(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}

import { listMissingActions } from '../../../core/actions/azure/azurePermissions.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { AzurePermissionRow } from './azureShapes.ts';
import type { Azure } from './createAzure.ts';

/**
 * Looks whether the identity has these actions on a resource or group: Azure has no dry run of its own calls. Where it may
 * not read its permissions, nothing is found out.
 *
 * @throws CostGuardError `permission_missing` naming those that it lacks
 */
export async function tryAzureActions(
  azure: Azure,
  path: string,
  actions: readonly string[],
): Promise<void> {
  const permissions = await azure
    .list({
      path: `${path}/providers/Microsoft.Authorization/permissions`,
      api: 'permissions',
      permission: 'Microsoft.Authorization/permissions/read',
      schema: AzurePermissionRow,
    })
    .catch((error: unknown) => {
      if (error instanceof CostGuardError && error.code === 'permission_missing') return undefined;
      throw error;
    });
  const missing = permissions === undefined ? [] : listMissingActions(permissions, actions);
  if (missing.length === 0) return;
  throw new CostGuardError(
    'permission_missing',
    `Grant ${missing.join(', ')} on this resource to the identity of the action worker.`,
  );
}

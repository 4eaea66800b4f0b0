import { CostGuardError } from '../../../core/errors.ts';
import type { Gce } from './createGce.ts';
import { GcePermissions } from './gceShapes.ts';

/**
 * Asks Google which of these permissions the credentials have on a resource: Compute Engine has no dry run.
 *
 * @throws CostGuardError `permission_missing` naming those that they lack
 */
export async function testGcePermissions(
  gce: Gce,
  path: string,
  permissions: readonly string[],
): Promise<void> {
  const { permissions: granted } = await gce.read({
    path: `${path}/testIamPermissions`,
    permission: permissions[0] ?? '',
    body: { permissions },
    schema: GcePermissions,
  });
  const lacking = permissions.filter((permission) => !granted.includes(permission));
  if (lacking.length === 0) return;
  throw new CostGuardError(
    'permission_missing',
    `Grant ${lacking.join(', ')} on this resource to the credentials of the action worker.`,
  );
}

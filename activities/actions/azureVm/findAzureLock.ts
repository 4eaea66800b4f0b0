import { CostGuardError } from '../../../core/errors.ts';
import { AzureLock } from './azureShapes.ts';
import type { Azure } from './createAzure.ts';

/**
 * The name of a lock of one of these levels on a resource, its group or its subscription; undefined where there is none, and
 * where the identity may not read locks: then Azure itself refuses, before anything has changed.
 */
export async function findAzureLock(
  azure: Azure,
  path: string,
  levels: readonly ('ReadOnly' | 'CanNotDelete')[],
): Promise<string | undefined> {
  const locks = await azure
    .list({
      path: `${path}/providers/Microsoft.Authorization/locks`,
      api: 'locks',
      query: { $filter: 'atScope()' },
      permission: 'Microsoft.Authorization/locks/read',
      schema: AzureLock,
    })
    .catch((error: unknown) => {
      if (error instanceof CostGuardError && error.code === 'permission_missing') return [];
      throw error;
    });
  const lock = locks.find(({ properties }) => levels.some((level) => level === properties.level));
  return lock && (lock.name ?? lock.properties.level);
}

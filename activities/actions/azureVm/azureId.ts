import { CostGuardError } from '../../../core/errors.ts';

/** A resource of Azure Resource Manager. */
export interface AzureId {
  subscription: string;
  resourceGroup: string;
  name: string;
  /** The whole id, from the slash on. */
  path: string;
  /** `/subscriptions/S/resourceGroups/G`. */
  groupPath: string;
}

/** Reads an ARM id. @throws CostGuardError `resource_not_found` for what is none: there can be no such thing */
export function parseAzureId(kind: 'virtualMachines' | 'disks', id: string): AzureId {
  const match = new RegExp(
    `^(/subscriptions/([0-9a-f-]{36})/resourceGroups/([\\w().-]{1,90}))/providers/Microsoft\\.Compute/${kind}/([\\w.-]{1,80})$`,
    'i',
  ).exec(id);
  const [path, groupPath, subscription, resourceGroup, name] = match ?? [];
  if (
    path === undefined ||
    groupPath === undefined ||
    subscription === undefined ||
    resourceGroup === undefined ||
    name === undefined
  ) {
    throw new CostGuardError(
      'resource_not_found',
      `There is no such thing: ids look like /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Compute/${kind}/NAME.`,
    );
  }
  return { subscription, resourceGroup, name, path, groupPath };
}

/** The last part of an id. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

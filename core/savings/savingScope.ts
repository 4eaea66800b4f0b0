import type { ActionPlan } from '../contracts/action.ts';
import { volumeMeters } from '../pricing/estimateVolume.ts';

/** Whose costs are compared. */
export type SavingScope =
  | { basis: 'resource'; resourceId: string }
  | { basis: 'usage_type'; usageTypes: string[]; accountId: string; region: string }
  | { basis: 'api_key'; apiKeyId: string }
  | { basis: 'project'; projectId: string };

/**
 * Whose costs an action changes. A key of OpenAI is limited through its project, so that is measured. Where the provider
 * names no resources (AWS Cost Explorer), all use of the types before and after in the account and region is.
 *
 * @param namesResource whether the provider's newest costs name the resource
 */
export function savingScope(
  plan: ActionPlan,
  projectId: string | null,
  namesResource: boolean,
): SavingScope {
  const { resourceId, accountId, region } = plan.resource;
  if (plan.kind === 'limit_api_key') {
    return projectId === null
      ? { basis: 'api_key', apiKeyId: resourceId }
      : { basis: 'project', projectId };
  }
  const usageTypes = namesResource ? [] : usageTypesOf(plan);
  return usageTypes.length === 0
    ? { basis: 'resource', resourceId }
    : { basis: 'usage_type', usageTypes, accountId, region };
}

/** What a scope names, for people. */
export function costsOf(scope: SavingScope): string[] {
  switch (scope.basis) {
    case 'resource':
      return [scope.resourceId];
    case 'usage_type':
      return scope.usageTypes;
    case 'api_key':
      return [scope.apiKeyId];
    case 'project':
      return [scope.projectId];
  }
}

// Cost Explorer's usage types, without the region's prefix. A deleted volume leaves a snapshot, which costs as well.
function usageTypesOf({ before, after, resource }: ActionPlan): string[] {
  if (resource.provider !== 'aws') return [];
  const found = new Set<string>();
  for (const shape of [before, after]) {
    if ('instanceType' in shape) found.add(`BoxUsage:${shape.instanceType}`);
    if ('volumeType' in shape) {
      const { storage, snapshot } = volumeMeters(shape.volumeType);
      found.add(storage).add(snapshot);
    }
  }
  return [...found];
}

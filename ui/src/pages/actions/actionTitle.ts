import type { Schemas } from '../../client/api';

const CHANGES = { running: 'Start', stopped: 'Stop', deleted: 'Delete the disk' } as const;

/** What an action does, in a few words. */
export function actionTitle({ plan, resourceId, target }: Schemas['Action']): string {
  const name = plan?.resource.resourceName ?? shortName(resourceId);
  if ('instanceType' in target) return `Resize ${name} to ${target.instanceType}`;
  if ('state' in target) return `${CHANGES[target.state]} ${name}`;
  return `Limit the API key ${name}`;
}

/** Where an action's resource is: its region, or the project of a key; undefined where there is neither. */
export function actionPlace({ region, target }: Schemas['Action']): string | undefined {
  if (region !== '') return region;
  return 'projectId' in target ? (target.projectId ?? undefined) : undefined;
}

// Google's and Azure's ids are paths that end with the name.
function shortName(resourceId: string): string {
  return resourceId.slice(resourceId.lastIndexOf('/') + 1);
}

import type { Schemas } from '../../client/api';

/** What an action does, in a few words. */
export function actionTitle({ plan, resourceId, target }: Schemas['Action']): string {
  const name = plan?.resource.resourceName ?? resourceId;
  return 'instanceType' in target
    ? `Resize ${name} to ${target.instanceType}`
    : `Limit the API key ${name}`;
}

/** Where an action's resource is: its region, or the project of a key; undefined where there is neither. */
export function actionPlace({ region, target }: Schemas['Action']): string | undefined {
  if (region !== '') return region;
  return 'projectId' in target ? (target.projectId ?? undefined) : undefined;
}

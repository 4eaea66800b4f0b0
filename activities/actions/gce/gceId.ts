import { CostGuardError } from '../../../core/errors.ts';

/** A zonal resource of Compute Engine. */
export interface GceId {
  project: string;
  zone: string;
  name: string;
  /** `projects/P/zones/Z/instances/N`, as the API's paths have it. */
  path: string;
}

// A project of an older domain carries it: example.com:shop.
const PROJECT = '(?:[a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]*';
const NAME = '[a-z](?:[a-z0-9-]*[a-z0-9])?';

/** Reads the id of an instance or disk. @throws CostGuardError `resource_not_found` for what is none: there can be no such thing */
export function parseGceId(kind: 'instances' | 'disks', id: string): GceId {
  const match = new RegExp(`^projects/(${PROJECT})/zones/(${NAME})/${kind}/(${NAME})$`).exec(id);
  const [, project, zone, name] = match ?? [];
  if (project === undefined || zone === undefined || name === undefined) {
    throw new CostGuardError(
      'resource_not_found',
      `There is no such thing: ids of Compute Engine look like projects/PROJECT/zones/ZONE/${kind}/NAME.`,
    );
  }
  return { project, zone, name, path: id };
}

/** The last part of a URL that names something, such as a zone or a type. */
export function lastPart(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

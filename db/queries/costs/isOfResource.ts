import { type RawBuilder, sql } from 'kysely';

/**
 * Whether a charge of `cost_records` is for a resource, named as actions name it. Ids of Azure mean the same in upper and
 * lower case, and Google's billing export writes a resource's address before its name.
 */
export function isOfResource(resourceId: string): RawBuilder<boolean> {
  const id = resourceId.toLowerCase();
  return sql<boolean>`lower(cost_records.resource_id) in (${id}, ${`//compute.googleapis.com/${id}`})`;
}

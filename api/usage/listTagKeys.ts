import { TagKeyQuery, TagKeys } from '../../core/contracts/usage.ts';
import { readTagKeys } from '../../db/queries/usage/readTagKeys.ts';
import { defineRoute } from '../http/route.ts';

/** Names of the tags that charges of a period carry. */
export const listTagKeys = defineRoute({
  method: 'get',
  path: '/api/v1/usage/tag-keys',
  summary: 'Tags that charges carry',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: TagKeyQuery,
  replies: { 200: TagKeys },
  handle: async ({ query, db }) => ({ status: 200, body: { items: await readTagKeys(db, query) } }),
});

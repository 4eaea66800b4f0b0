import { ANNOTATIONS_MAX, AnnotationQuery, UsageAnnotations } from '../../core/contracts/usage.ts';
import { readExecutedActions, readFindings } from '../../db/queries/usage/readAnnotations.ts';
import { defineRoute } from '../http/route.ts';

/** Findings and executed actions of a period, to be marked in the history of its costs. */
export const getAnnotations = defineRoute({
  method: 'get',
  path: '/api/v1/usage/annotations',
  summary: 'Findings that began and actions that were carried out in a period',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: AnnotationQuery,
  replies: { 200: UsageAnnotations },
  handle: async ({ query, db, principal }) => {
    const limit = ANNOTATIONS_MAX + 1;
    const [findings, actions] = await Promise.all([
      principal.scopes.includes('anomalies:read') ? readFindings(db, query, limit) : [],
      principal.scopes.includes('actions:read') ? readExecutedActions(db, query, limit) : [],
    ]);
    const all = [...findings, ...actions].sort((a, b) => b.day.localeCompare(a.day));
    return {
      status: 200,
      body: {
        items: all.slice(0, ANNOTATIONS_MAX).reverse(),
        hasMore: all.length > ANNOTATIONS_MAX,
      },
    };
  },
});

import type { Action } from '../../../core/contracts/action.ts';
import type { DashboardLinks } from '../dashboardLinks.ts';

/** An action of the API as the tools show it. The hash that an approval needs is left out: no tool approves. */
export const toActionFields = (action: Action, links: DashboardLinks) => ({
  actionId: action.id,
  kind: action.kind,
  status: action.status,
  x_Provider: action.provider,
  connectionId: action.connectionId,
  connectionName: action.connectionName,
  ResourceId: action.resourceId,
  RegionId: action.region,
  instanceType: 'instanceType' in action.target ? action.target.instanceType : null,
  anomalyId: action.anomalyId,
  reason: action.reason,
  proposedBy: action.proposedBy,
  decidedBy: action.decidedBy,
  expectedMonthlySaving: action.expectedMonthlySaving,
  createdAt: action.createdAt,
  expiresAt: action.expiresAt,
  link: links.action(action.id),
});

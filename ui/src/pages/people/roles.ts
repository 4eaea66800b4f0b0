import type { Schemas } from '../../client/api';

/** A role; only services have none. */
export type Role = NonNullable<Schemas['Role']>;

/** What each role may do, in words. */
export const ROLES: Record<Role, string> = {
  viewer: 'sees costs and findings',
  operator: 'also judges findings and proposes actions',
  approver: 'also approves actions and sets budgets',
  admin: 'also manages people, connections and settings',
};

import { api, type Schemas, unwrap } from '../../client/api';

/** Every person, by name; page after page. */
export async function loadPeople(): Promise<Schemas['User'][]> {
  const people: Schemas['User'][] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const page = await unwrap(api.GET('/api/v1/users', { params: { query } }));
    people.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return people;
}

/** A role; only services have none. */
export type Role = NonNullable<Schemas['Role']>;

/** What each role may do, in words. */
export const ROLES: Record<Role, string> = {
  viewer: 'sees costs and findings',
  operator: 'also judges findings and proposes actions',
  approver: 'also approves actions and sets budgets',
  admin: 'also manages people, connections and settings',
};

import type { Role } from '../../../core/contracts/access.ts';
import type { Database } from '../../connect.ts';

/** Who somebody is to the identity provider; only both together name a person. */
export interface Identity {
  issuer: string;
  subject: string;
}

/** The person whom the identity provider knows by this subject; undefined where none signed in before. */
export async function findUserByIdentity(db: Database, { issuer, subject }: Identity) {
  const row = await db
    .selectFrom('user_identities')
    .innerJoin('users', 'users.id', 'user_identities.user_id')
    .select(['users.id', 'users.username', 'users.role', 'users.enabled'])
    .where('user_identities.issuer', '=', issuer)
    .where('user_identities.subject', '=', subject)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, role: row.role as Role };
}

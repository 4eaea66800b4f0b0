import type { Database } from '../../connect.ts';

/** Whose sessions end: a person of the provider, a session of the provider's, or that session of that person. */
export interface ProviderLogout {
  issuer: string;
  subject: string | null;
  session: string | null;
}

/** Ends the sessions that a log-out at the identity provider ends; returns how many, by person. */
export async function deleteProviderSessions(
  tx: Database,
  { issuer, session, subject }: ProviderLogout,
): Promise<Map<string, number>> {
  if (subject === null && session === null) throw new TypeError('A log-out names nobody.');
  let query = tx
    .deleteFrom('sessions')
    .using('user_identities')
    .whereRef('user_identities.user_id', '=', 'sessions.user_id')
    .where('user_identities.issuer', '=', issuer)
    .where('sessions.sign_in', '=', 'oidc');
  if (subject !== null) query = query.where('user_identities.subject', '=', subject);
  if (session !== null) query = query.where('sessions.provider_session', '=', session);
  const rows = await query.returning('sessions.user_id').execute();
  const ended = new Map<string, number>();
  for (const { user_id } of rows) ended.set(user_id, (ended.get(user_id) ?? 0) + 1);
  return ended;
}

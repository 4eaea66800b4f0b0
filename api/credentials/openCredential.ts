import { CredentialOpen, OpenedCredential } from '../../core/contracts/credential.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { Provider } from '../../core/contracts/scalars.ts';
import { openScope } from '../../core/credentials/openScope.ts';
import { CostGuardError } from '../../core/errors.ts';
import { notFound } from '../../core/notFound.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { findConnection } from '../../db/queries/connections/findConnection.ts';
import { isOpeningNews } from '../../db/queries/credentials/isOpeningNews.ts';
import { openCredential as readCredential } from '../../db/queries/credentials/openCredential.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';

/**
 * Gives a credential in the clear to the service that reads its provider, and to nobody else: other services are told that
 * there is no such connection, and whoever has no provider's scope, which no person holds, that it is not for them.
 */
export const openCredential = defineRoute({
  method: 'post',
  path: '/api/v1/connections/{id}/credential/open',
  summary: 'Open the credential of a connection (services of its provider only)',
  tag: 'Credentials',
  access: 'signed_in',
  keepsNoReply: true,
  params: IdParams,
  body: CredentialOpen,
  replies: { 200: OpenedCredential },
  errors: ['forbidden', 'connection_not_found', 'credential_not_found', 'key_unavailable'],
  handle: async ({ params, body, db, keyring, principal }) => {
    const mayOpen = (provider: Provider) => principal.scopes.includes(openScope(provider));
    if (!Provider.options.some(mayOpen))
      throw new CostGuardError('forbidden', 'Only services that read a provider open credentials.');
    const connection = await findConnection(db, params.id);
    if (connection === undefined || !mayOpen(connection.provider))
      throw notFound('connection_not_found');
    const opened = await readCredential(db, keyring, params.id, body.draftId);
    // First the entry, then the secret: what cannot be written down is not given out.
    await db.transaction().execute(async (tx) => {
      const { version } = opened;
      const isDraft = body.draftId !== undefined;
      const place = { connectionId: params.id, accountId: principal.id, version };
      if (!isDraft && !(await isOpeningNews(tx, place))) return;
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'credential.open',
        subject: `connection:${params.id}`,
        detail: { kind: opened.credential.kind, ...(isDraft ? { draft: true } : { version }) },
      });
    });
    return { status: 200, body: opened, headers: { 'Cache-Control': 'no-store' } };
  },
});

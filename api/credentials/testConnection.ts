import {
  ConnectionTest,
  ConnectionTestRequest,
  type ConnectionTest as Test,
} from '../../core/contracts/credential.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deleteDrafts } from '../../db/queries/credentials/deleteCredential.ts';
import { recordTest } from '../../db/queries/credentials/recordTest.ts';
import { saveDraft } from '../../db/queries/credentials/saveCredential.ts';
import { getExistingConnection } from '../connections/getConnection.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { askAccessCheck } from './askAccessCheck.ts';

/**
 * Tries what a connection may do at its provider and names each permission that is missing. A credential in the request is
 * tried without being stored.
 */
export const testConnection = defineRoute({
  method: 'post',
  path: '/api/v1/connections/{id}/test',
  summary: 'Test a connection: its stored credential, one before it is stored, or the environment',
  tag: 'Credentials',
  access: { scope: 'credentials:write' },
  params: IdParams,
  body: ConnectionTestRequest,
  replies: { 200: ConnectionTest },
  errors: [
    'connection_not_found',
    'credential_of_other_provider',
    'key_unavailable',
    'provider_unavailable',
  ],
  handle: async ({ params, body, principal, ...services }) => {
    const { db, keyring, now } = services;
    const { id, provider, mode } = await getExistingConnection(db, params.id);
    const { credential } = body;
    const draftId =
      credential &&
      (await db.transaction().execute((tx) => saveDraft(tx, keyring, id, credential)));
    const request = { provider, connectionId: id, withActions: mode === 'actions' };
    const { version, checks } = await askAccessCheck(services, {
      ...request,
      ...(draftId === undefined ? {} : { draftId }),
    }).finally(() => draftId && deleteDrafts(db, draftId, now()));
    const test: Test = {
      ok: checks.every(({ status }) => status === 'ok' || status === 'skipped'),
      testedAt: now().toISOString(),
      source: draftId === undefined ? (version === null ? 'environment' : 'stored') : 'draft',
      checks,
    };
    await db.transaction().execute(async (tx) => {
      if (test.source === 'stored' && version !== null) await recordTest(tx, id, version, test);
      const failed = checks.filter(({ status }) => status === 'missing' || status === 'failed');
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'connection.test',
        subject: `connection:${id}`,
        detail: {
          source: test.source,
          ok: test.ok,
          failed: failed.map(({ permission }) => permission),
        },
      });
    });
    return { status: 200, body: test };
  },
});

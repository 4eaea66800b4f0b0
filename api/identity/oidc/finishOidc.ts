import type { Request } from 'express';
import { publicUiUrl } from '../../../core/config/addresses.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { defineRoute } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import { oidcCookie } from '../sessionCookie.ts';
import { admitIdentity } from './admitIdentity.ts';
import type { OidcProvider } from './createOidcProvider.ts';
import { readState } from './oidcState.ts';
import { notSetUp } from './startOidc.ts';

/**
 * Takes the browser that comes back from the OpenID Connect provider: a session, or the sign-in page with the reason.
 * The query is the provider's, so none of it is refused by name.
 */
export const finishOidc = defineRoute({
  method: 'get',
  path: '/api/v1/auth/oidc/callback',
  summary: 'Where the OpenID Connect provider sends the browser back to',
  tag: 'Identity',
  access: 'public',
  replies: { 303: null },
  errors: ['not_found'],
  handle: async ({ req, requestLog, ...services }) => {
    const { env, oidc } = services;
    if (oidc === undefined) throw notSetUp();
    // It serves once, whatever comes of it.
    const forget = oidcCookie(env, '', 0);
    try {
      const { cookie, path } = await letIn(services, oidc, req);
      const headers = { Location: `${publicUiUrl(env)}${path}`, 'Set-Cookie': [forget, cookie] };
      return { status: 303, body: undefined, headers };
    } catch (error) {
      if (!(error instanceof CostGuardError)) throw error;
      requestLog.warn({ code: error.code, ...error.internal }, 'a sign-in was refused');
      const Location = `${publicUiUrl(env)}/?sign_in=${error.code}`;
      return { status: 303, body: undefined, headers: { Location, 'Set-Cookie': forget } };
    }
  },
});

async function letIn(services: Services, oidc: OidcProvider, req: Request) {
  const { signInLimits } = services;
  const address = req.ip ?? '';
  const { returnTo, ...secrets } = readState(services, req);
  const worked = await signInLimits.admitAddress(address, () =>
    audit(services, 'session.lock', { address }),
  );
  const { search } = new URL(req.originalUrl, 'http://unused');
  const identity = await oidc.finish(search, secrets).catch(async (error: unknown) => {
    if (error instanceof CostGuardError)
      await audit(services, 'session.refuse', { signIn: 'oidc', reason: error.code, address });
    throw error;
  });
  const cookie = await admitIdentity(services, oidc.settings, req, identity);
  await worked();
  return { cookie, path: returnTo };
}

/** Written of somebody who is not known yet. */
function audit({ db }: Services, operation: string, detail: Record<string, unknown>) {
  return db.transaction().execute((tx) =>
    appendAudit(tx, {
      actorKind: 'user',
      actorId: null,
      actorName: 'unknown',
      operation,
      subject: null,
      detail,
    }),
  );
}

import { z } from 'zod';
import { publicUiUrl } from '../../../core/config/addresses.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { returnPath } from '../../../core/identity/returnPath.ts';
import { defineRoute } from '../../http/route.ts';
import { keepState } from './oidcState.ts';

/** Sends the browser to the OpenID Connect provider. */
export const startOidc = defineRoute({
  method: 'get',
  path: '/api/v1/auth/oidc/start',
  summary: 'Begin to sign in at the OpenID Connect provider; for browsers',
  tag: 'Identity',
  access: 'public',
  query: z.strictObject({
    return_to: z
      .string()
      .max(1000)
      .optional()
      .meta({ description: 'Path of the dashboard to open afterwards' }),
  }),
  replies: { 303: null },
  errors: ['not_found'],
  handle: async ({ query, requestLog, ...services }) => {
    const { env, oidc } = services;
    if (oidc === undefined) throw notSetUp();
    try {
      const { url, secrets } = await oidc.begin();
      const cookie = keepState(services, { ...secrets, returnTo: returnPath(query.return_to) });
      return { status: 303, body: undefined, headers: { Location: url, 'Set-Cookie': cookie } };
    } catch (error) {
      if (!(error instanceof CostGuardError)) throw error;
      requestLog.warn({ code: error.code, ...error.internal }, 'a sign-in could not begin');
      const Location = `${publicUiUrl(env)}/?sign_in=${error.code}`;
      return { status: 303, body: undefined, headers: { Location } };
    }
  },
});

/** What is answered where no provider is set up. */
export function notSetUp(): CostGuardError {
  return new CostGuardError('not_found', 'No OpenID Connect provider is set up: see OIDC_ISSUER.');
}

import { SignInOptions } from '../../core/contracts/identity.ts';
import { defineRoute } from '../http/route.ts';

/** What the sign-in page offers. */
export const getSignInOptions = defineRoute({
  method: 'get',
  path: '/api/v1/auth/options',
  summary: 'How one can sign in',
  tag: 'Identity',
  access: 'public',
  replies: { 200: SignInOptions },
  handle: ({ env, oidc }) => {
    const hasOidc = oidc !== undefined;
    return Promise.resolve({
      status: 200,
      body: {
        oidcLabel: hasOidc ? env.OIDC_BUTTON_LABEL : null,
        oidcOnly: hasOidc && env.OIDC_ONLY,
      },
    });
  },
});

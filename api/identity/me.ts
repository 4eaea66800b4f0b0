import { temporalUiUrl } from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';
import { Me } from '../../core/contracts/identity.ts';
import { defineRoute } from '../http/route.ts';
import type { Principal } from './principal.ts';

/** Who is signed in. */
export const getMe = defineRoute({
  method: 'get',
  path: '/api/v1/auth/me',
  summary: 'Who is signed in, and what they may do',
  tag: 'Identity',
  access: 'signed_in',
  isOpenBeforePasswordChange: true,
  replies: { 200: Me },
  handle: ({ principal, env }) => Promise.resolve({ status: 200, body: toMe(principal, env) }),
});

/** A principal as the dashboard sees it. */
export function toMe(principal: Principal, env: Env): Me {
  return {
    kind: principal.kind,
    id: principal.id,
    name: principal.name,
    role: principal.role,
    scopes: [...principal.scopes],
    csrfToken: principal.session?.csrfToken ?? null,
    mustChangePassword: principal.session?.mustChangePassword ?? false,
    signIn: principal.session?.signIn ?? null,
    demoMode: env.DEMO_MODE,
    temporalUiUrl: temporalUiUrl(env),
  };
}

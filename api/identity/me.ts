import { temporalUiUrl } from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';
import { Me } from '../../core/contracts/identity.ts';
import { defineRoute } from '../http/route.ts';
import type { View } from '../teams/view.ts';
import type { Principal } from './principal.ts';

/** Who is signed in. */
export const getMe = defineRoute({
  method: 'get',
  path: '/api/v1/auth/me',
  summary: 'Who is signed in, and what they may do',
  tag: 'Identity',
  access: 'signed_in',
  reach: 'own',
  isOpenBeforePasswordChange: true,
  replies: { 200: Me },
  handle: ({ principal, env, view }) =>
    Promise.resolve({ status: 200, body: toMe(principal, env, view) }),
});

/** A principal as the dashboard sees it. */
export function toMe(principal: Principal, env: Env, view: View): Me {
  return {
    kind: principal.kind,
    id: principal.id,
    name: principal.name,
    role: principal.role,
    scopes: [...principal.scopes],
    teams: view.teams.map(({ id, name }) => ({ id, name })),
    isLimitedToTeams: view.restricted !== null,
    csrfToken: principal.session?.csrfToken ?? null,
    mustChangePassword: principal.session?.mustChangePassword ?? false,
    signIn: principal.session?.signIn ?? null,
    demoMode: env.DEMO_MODE,
    temporalUiUrl: temporalUiUrl(env),
  };
}

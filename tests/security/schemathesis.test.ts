import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../core/contracts/access.ts';
import { seedDemo } from '../../db/seed/seedDemo.ts';
import { reconcileSchedules } from '../../workers/reconcileSchedules.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { runSchemathesis } from './runSchemathesis.ts';

const LOGOUT = '/api/v1/auth/logout';
// It asks a provider's own server, and that the provider; tests/credentials has both.
const ASKS_PROVIDERS = '/api/v1/connections/{id}/test';
const RUN_MS_MAX = 10 * 60_000;

let api: TestApi;

beforeAll(async () => {
  // Not the demo's mode, in which a request could fill the database again.
  api = await startTestApi({ env: { DEMO_MODE: 'false' }, temporal: 'real' });
  const { db, log, pool, temporal } = api.services;
  await seedDemo(pool, { today: '2026-11-25' });
  await reconcileSchedules({ db, pool, temporal, log });
});
afterAll(() => api.close());

const signedIn = async (role: Role) => {
  const { cookie, csrfToken } = await api.signIn(role);
  return { Cookie: cookie, 'X-CSRF-Token': csrfToken };
};

test.each<[Role, number]>([
  ['admin', 15],
  ['viewer', 5],
])(
  'schemathesis finds nothing as %s',
  async (role, examples) => {
    const headers = await signedIn(role);
    // Signing out would leave the rest of the run with nobody signed in.
    const only = ['--exclude-path', LOGOUT, '--exclude-path', ASKS_PROVIDERS];
    const verdict = await runSchemathesis(api.url, { headers, examples, only });
    expect(verdict.foundNothing, verdict.report).toBe(true);
  },
  RUN_MS_MAX,
);

test(
  'schemathesis finds nothing in signing out',
  async () => {
    const headers = await signedIn('viewer');
    const only = ['--include-path', LOGOUT];
    const verdict = await runSchemathesis(api.url, { headers, examples: 5, only });
    expect(verdict.foundNothing, verdict.report).toBe(true);
  },
  RUN_MS_MAX,
);

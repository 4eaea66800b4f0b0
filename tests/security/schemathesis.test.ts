import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../core/contracts/access.ts';
import { SessionList } from '../../core/contracts/identity.ts';
import type { AccessCheckReply } from '../../core/mcp/accessCheck.ts';
import { seedDemo } from '../../db/seed/seedDemo.ts';
import { reconcileSchedules } from '../../workers/reconcileSchedules.ts';
import { TEST_PASSWORD } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { runSchemathesis } from './runSchemathesis.ts';

const LOGOUT = '/api/v1/auth/logout';
const RUN_MS_MAX = 30 * 60_000;

let api: TestApi;
const checks = createServer((request, response) => {
  request.resume();
  const answer: AccessCheckReply = {
    version: null,
    checks: [{ permission: 'ce:GetCostAndUsage', status: 'missing', detail: 'Allow it.' }],
  };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
});

beforeAll(async () => {
  // Not the demo's mode, in which a request could fill the database again.
  // What answers where the providers' servers would be; tests/credentials has those themselves.
  await new Promise<void>((resolve) => checks.listen(0, '127.0.0.1', resolve));
  const at = `http://127.0.0.1:${(checks.address() as AddressInfo).port}/mcp`;
  const env = {
    DEMO_MODE: 'false',
    AWS_COST_MCP_URL: at,
    GCP_BILLING_MCP_URL: at,
    AZURE_COST_MCP_URL: at,
    LLM_TRACKER_MCP_URL: at,
  };
  api = await startTestApi({ env, temporal: 'real' });
  const { db, log, pool, temporal } = api.services;
  await seedDemo(pool, { today: '2026-11-25' });
  await reconcileSchedules({ db, pool, temporal, log });
});
afterAll(async () => {
  await api.close();
  checks.closeAllConnections();
  await new Promise((resolve) => checks.close(resolve));
});

/** Somebody with two sessions; what a run asks of them and of the session that it uses, it gets from a second one each. */
const signIn = async (role: Role) => {
  const spare = await api.signIn(role);
  const user = await api.signIn(role);
  const second = await api.call('POST', '/api/v1/auth/login', {
    body: { username: user.username, password: TEST_PASSWORD },
  });
  expect(second.status).toBe(200);
  const sessions = await api.call('GET', '/api/v1/auth/sessions', { as: user.as });
  const [own, away] = SessionList.parse(sessions.body).items.sort(
    (a, b) => Number(b.isCurrent) - Number(a.isCurrent),
  );
  if (own === undefined || away === undefined) throw new Error('Two sessions are expected.');
  return {
    as: user.as,
    kept: { [user.id]: spare.id, [own.id]: away.id },
    headers: { Cookie: user.cookie, 'X-CSRF-Token': user.csrfToken },
  };
};

test.each<[Role, number]>([
  ['admin', 15],
  ['viewer', 5],
])(
  'schemathesis finds nothing as %s',
  async (role, examples) => {
    const { as, headers, kept } = await signIn(role);
    // Signing out would leave the rest of the run with nobody signed in.
    const only = ['--exclude-path', LOGOUT];
    const verdict = await runSchemathesis(api.url, { headers, examples, kept, only });
    expect(verdict.foundNothing, verdict.report).toBe(true);
    expect(await api.call('GET', '/api/v1/auth/me', { as })).toMatchObject({
      status: 200,
      body: { role },
    });
  },
  RUN_MS_MAX,
);

test(
  'schemathesis finds nothing in signing out',
  async () => {
    const { headers } = await signIn('viewer');
    const only = ['--include-path', LOGOUT];
    const verdict = await runSchemathesis(api.url, { headers, examples: 5, only });
    expect(verdict.foundNothing, verdict.report).toBe(true);
  },
  RUN_MS_MAX,
);

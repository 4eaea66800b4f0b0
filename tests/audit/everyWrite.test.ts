import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../api/routes.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { TEST_PASSWORD, type TestService, type TestUser } from '../api/createTestIdentities.ts';
import { actionProposal, addConnection, anomalyReport } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';

/** A write that succeeds, and the operation that its entry must name. */
interface Write {
  operation: string;
  /** Has to be there first. Returns the id that stands in the address. */
  before?: () => Promise<string>;
  body?: () => unknown;
  as?: () => Record<string, string>;
  /** The entry has an old value as well as a new one. */
  hasOld?: boolean;
}

let api: TestApi;
let admin: TestUser;
let detector: TestService;
let connectionId: string;
let count = 0;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
  detector = await api.addService(['anomalies:write', 'audit:write']);
  connectionId = await addConnection(api.services.db);
});
afterAll(() => api.close());

const name = () => `name ${String((count += 1))}`;
const add = async (path: string, body: unknown, as = admin.as): Promise<string> => {
  const reply = await api.call('POST', path, { as, body });
  return (reply.body as { id: string }).id;
};
const budget = () => ({ name: name(), amount: '10', currency: 'USD' });
const channel = () => ({ kind: 'slack', name: name(), url: 'https://hooks.example/secret-part' });
const price = () => ({
  provider: 'anthropic',
  model: name(),
  validFrom: '2026-11-20',
  rates: { input: '1' },
});
const policy = () => ({ name: name(), rule: { type: 'freeze', reason: 'Because.' } });
const team = () => ({ name: name(), members: [], grants: [] });
const account = () => ({ name: name(), scopes: ['costs:read'] });
const credential = () => ({
  kind: 'aws_access_key',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: `${'secret-part'.repeat(3)}/EXAMPLE`,
});
const withCredential = async () => {
  const id = await addConnection(api.services.db);
  await api.call('PUT', `/api/v1/connections/${id}/credential`, {
    as: admin.as,
    body: credential(),
  });
  return id;
};
const addAnomaly = () =>
  add('/api/v1/anomalies', anomalyReport(connectionId, { serviceName: name() }), detector.as);

const WRITES: Record<string, Write> = {
  'POST /api/v1/anomalies': {
    operation: 'anomaly.create',
    body: () => anomalyReport(connectionId, { serviceName: name() }),
    as: () => detector.as,
  },
  'PATCH /api/v1/anomalies/{id}': {
    operation: 'anomaly.judge',
    before: addAnomaly,
    body: () => ({ status: 'expected' }),
    hasOld: true,
  },
  'POST /api/v1/anomalies/{id}/feedback': {
    operation: 'anomaly.judge',
    before: addAnomaly,
    body: () => ({ verdict: 'real' }),
    hasOld: true,
  },
  'POST /api/v1/actions': {
    operation: 'action.propose',
    body: () => actionProposal(connectionId),
  },
  'POST /api/v1/codec/decode': { operation: 'workflow.read', body: () => ({ payloads: [] }) },
  'POST /api/v1/connections': {
    operation: 'connection.create',
    body: () => ({ provider: 'aws', name: name() }),
  },
  'PATCH /api/v1/connections/{id}': {
    operation: 'connection.change',
    before: () => addConnection(api.services.db),
    body: () => ({ pollIntervalMinutes: 720 }),
    hasOld: true,
  },
  'PUT /api/v1/usage/llm/prices': { operation: 'llm_price.set', body: price },
  'DELETE /api/v1/usage/llm/prices/{id}': {
    operation: 'llm_price.delete',
    before: async () => {
      const reply = await api.call('PUT', '/api/v1/usage/llm/prices', {
        as: admin.as,
        body: price(),
      });
      return (reply.body as { price: { id: string } }).price.id;
    },
    hasOld: true,
  },
  'POST /api/v1/budgets': { operation: 'budget.create', body: budget },
  'PATCH /api/v1/budgets/{id}': {
    operation: 'budget.change',
    before: () => add('/api/v1/budgets', budget()),
    body: () => ({ amount: '11' }),
    hasOld: true,
  },
  'DELETE /api/v1/budgets/{id}': {
    operation: 'budget.delete',
    before: () => add('/api/v1/budgets', budget()),
    hasOld: true,
  },
  'POST /api/v1/policies': { operation: 'policy.create', body: policy },
  'PATCH /api/v1/policies/{id}': {
    operation: 'policy.change',
    before: () => add('/api/v1/policies', policy()),
    body: () => ({ enabled: false }),
    hasOld: true,
  },
  'DELETE /api/v1/policies/{id}': {
    operation: 'policy.delete',
    before: () => add('/api/v1/policies', policy()),
    hasOld: true,
  },
  'POST /api/v1/notification-channels': {
    operation: 'notification_channel.create',
    body: channel,
  },
  'PATCH /api/v1/notification-channels/{id}': {
    operation: 'notification_channel.change',
    before: () => add('/api/v1/notification-channels', channel()),
    body: () => ({ enabled: false }),
    hasOld: true,
  },
  'DELETE /api/v1/notification-channels/{id}': {
    operation: 'notification_channel.delete',
    before: () => add('/api/v1/notification-channels', channel()),
    hasOld: true,
  },
  'POST /api/v1/notification-channels/{id}/test': {
    operation: 'notification_channel.test',
    before: () => add('/api/v1/notification-channels', channel()),
    body: () => ({}),
  },
  'POST /api/v1/users': {
    operation: 'user.create',
    body: () => ({
      username: `u-${String((count += 1))}`,
      password: TEST_PASSWORD,
      role: 'viewer',
    }),
  },
  'PATCH /api/v1/users/{id}': {
    operation: 'user.change',
    before: async () => (await api.addUser('viewer')).id,
    body: () => ({ role: 'operator' }),
    hasOld: true,
  },
  'POST /api/v1/service-accounts': {
    operation: 'service_account.create',
    body: () => ({ name: name(), scopes: ['costs:read'] }),
  },
  'POST /api/v1/audit/cloud-calls': {
    operation: 'cloud.calls_lost',
    body: () => ({ server: 'aws-cost', calls: [], lost: 1 }),
    as: () => detector.as,
  },
  'POST /api/v1/teams': {
    operation: 'team.create',
    body: team,
  },
  'PATCH /api/v1/teams/{id}': {
    operation: 'team.change',
    before: () => add('/api/v1/teams', team()),
    body: () => ({ name: name() }),
    hasOld: true,
  },
  'DELETE /api/v1/teams/{id}': {
    operation: 'team.delete',
    before: () => add('/api/v1/teams', team()),
    hasOld: true,
  },
  'PATCH /api/v1/service-accounts/{id}': {
    operation: 'service_account.change',
    before: () => add('/api/v1/service-accounts', account()),
    body: () => ({ enabled: false }),
    hasOld: true,
  },
  'POST /api/v1/service-accounts/{id}/secret': {
    operation: 'service_account.new_secret',
    before: () => add('/api/v1/service-accounts', account()),
    body: () => ({}),
  },
  'DELETE /api/v1/service-accounts/{id}': {
    operation: 'service_account.delete',
    before: () => add('/api/v1/service-accounts', account()),
    hasOld: true,
  },
  'POST /api/v1/users/{id}/password': {
    operation: 'user.password_reset',
    before: async () => (await api.addUser('viewer')).id,
  },
  'DELETE /api/v1/users/{id}/sessions': {
    operation: 'session.revoke',
    before: async () => (await api.signIn('viewer')).id,
  },
  'PUT /api/v1/connections/{id}/credential': {
    operation: 'credential.store',
    before: () => addConnection(api.services.db),
    body: credential,
  },
  'DELETE /api/v1/connections/{id}/credential': {
    operation: 'credential.delete',
    before: withCredential,
    hasOld: true,
  },
  'POST /oauth/token': {
    operation: 'token.issue',
    body: () => ({
      grant_type: 'client_credentials',
      client_id: detector.clientId,
      client_secret: detector.clientSecret,
    }),
    as: () => ({}),
  },
};

/** Sign-in changes who is signed in; the others need a Temporal server. Their own tests look for the entry. */
const ELSEWHERE: Record<string, string> = {
  'POST /api/v1/auth/password': 'api/identity/passwords.test.ts',
  'DELETE /api/v1/auth/sessions': 'api/identity/sessions.test.ts',
  'DELETE /api/v1/auth/sessions/{id}': 'api/identity/sessions.test.ts',
  'POST /oauth/revoke': 'api/identity/introspectToken.test.ts',
  'POST /api/v1/signing-keys/rotate-due': 'tests/identity/maintenance.test.ts',
  'POST /api/v1/notification-deliveries/{id}/open': 'api/notifications/channels.test.ts',
  'POST /api/v1/connections/{id}/credential/open': 'api/credentials/credentials.test.ts',
  'POST /api/v1/connections/{id}/test': 'api/credentials/credentials.test.ts',
  'POST /api/v1/auth/login': 'api/identity/login.test.ts',
  'POST /api/v1/auth/oidc/backchannel-logout': 'tests/identity/oidcLogout.test.ts',
  'POST /api/v1/auth/logout': 'api/identity/login.test.ts',
  'POST /api/v1/actions/{id}/approve': 'api/actions/decisions.test.ts',
  'POST /api/v1/actions/{id}/reject': 'api/actions/decisions.test.ts',
  'POST /api/v1/actions/{id}/cancel': 'api/actions/decisions.test.ts',
  'POST /api/v1/actions/{id}/rollback': 'api/actions/decisions.test.ts',
  'POST /api/v1/connections/{id}/poll': 'api/connections/pollConnection.test.ts',
  'POST /api/v1/connections/{id}/backfill': 'api/connections/backfillConnection.test.ts',
  'POST /api/v1/admin/reseed': 'api/system/reseed.test.ts',
};

/** They read, and are POST because what they read may not stand in an address. */
const READ = ['POST /oauth/introspect', 'POST /api/v1/policies/preview'];

/** Measurements, thousands a second, that change no setting: whose token they came with has its own entry. */
const DATA = [
  'POST /api/v1/usage/llm',
  'POST /api/v1/usage/llm/v1/traces',
  'POST /api/v1/usage/llm/v1/metrics',
];

const writes = ROUTES.filter(({ method }) => method !== 'get').map((route) => ({
  ...route,
  name: `${route.method.toUpperCase()} ${route.path}`,
}));

const entries = () =>
  api.services.db
    .selectFrom('audit_log')
    .select(['seq', 'operation', 'detail', 'subject'])
    .orderBy('seq', 'desc')
    .execute();

test('every write route is in one of the lists, and no other', () => {
  const listed = [...Object.keys(WRITES), ...Object.keys(ELSEWHERE), ...READ, ...DATA];
  expect(writes.map((route) => route.name).sort()).toEqual([...listed].sort());
});

describe('a write that succeeds leaves one entry:', () => {
  test.each(writes.filter((route) => WRITES[route.name] !== undefined))(
    '$name',
    async ({ name: route, method, path }) => {
      const write = WRITES[route]!;
      const id = (await write.before?.()) ?? '';
      const before = await entries();
      const reply = await api.call(method.toUpperCase(), path.replace('{id}', id), {
        as: write.as?.() ?? admin.as,
        ...(write.body === undefined ? {} : { body: write.body() }),
      });
      expect(reply.status, reply.text).toBeLessThan(300);
      const after = await entries();
      const added = after.slice(0, after.length - before.length);
      expect(added.map(({ operation }) => operation)).toEqual([write.operation]);
      const detail = added[0]?.detail as Record<string, unknown>;
      if (write.hasOld === true) expect(detail['before']).toBeTruthy();
      if (id !== '') expect(added[0]?.subject).toContain(id);
      expect(JSON.stringify(added)).not.toMatch(/secret-part|correct horse/);
      expect(JSON.stringify(added)).not.toContain(detector.clientSecret);
    },
  );
});

test.each(Object.entries(ELSEWHERE))('the entry of %s is looked for in %s', (_route, file) => {
  expect(readFileSync(join(projectRoot, file), 'utf8')).toContain(`'audit_log'`);
});

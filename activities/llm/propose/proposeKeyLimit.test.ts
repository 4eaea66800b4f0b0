import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { Action } from '../../../core/contracts/action.ts';
import { Anomaly } from '../../../core/contracts/anomaly.ts';
import type { TestService } from '../../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../../tests/api/readAllPages.ts';
import { addConnection, anomalyReport } from '../../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../../tests/api/startTestApi.ts';
import type { PlatformApi } from '../../platform/platformApi.ts';
import { proposeKeyLimit } from './proposeKeyLimit.ts';

let api: TestApi;
let service: TestService;
let sent: number;
let platform: PlatformApi;

beforeAll(async () => {
  api = await startTestApi();
  service = await api.addService(['actions:propose', 'actions:read', 'anomalies:write']);
  sent = 0;
  // As the worker's own client does it, without the way over the network.
  platform = {
    send: async ({ method, path, body, reply }) => {
      sent += 1;
      const answer = await api.call(method, path, { as: service.as, body });
      return { status: answer.status, body: answer.read(reply) };
    },
  };
});
afterAll(() => api.close());

async function addFinding(mode: 'actions' | 'read_only' = 'actions') {
  const connectionId = await addConnection(api.services.db, { provider: 'anthropic', mode });
  const reply = await api.call('POST', '/api/v1/anomalies', {
    as: service.as,
    body: anomalyReport(connectionId),
  });
  const { id } = reply.read(Anomaly);
  return { anomalyId: id, connectionId, apiKeyId: 'apikey_1', projectId: '' };
}
const actionsOf = async (connectionId: string) =>
  (await readAllPages(api, service.as, `/api/v1/actions?connectionId=${connectionId}`)).map((one) =>
    Action.parse(one),
  );
const propose = (finding: Parameters<typeof proposeKeyLimit>[1]) =>
  proposeKeyLimit({ api: platform, db: api.services.db }, finding);

describe('a finding that names a key', () => {
  test('leads to one proposal, and to none again once a person rejected it', async () => {
    const finding = await addFinding();
    expect(await propose(finding)).toBe(true);
    expect(await propose(finding)).toBe(false);
    const [action] = await actionsOf(finding.connectionId);
    expect(action).toMatchObject({
      kind: 'limit_api_key',
      anomalyId: finding.anomalyId,
      resourceId: 'apikey_1',
      target: { projectId: null },
    });
    await api.services.db
      .updateTable('actions')
      .set({ status: 'rejected' })
      .where('id', '=', action?.id ?? randomUUID())
      .execute();
    expect(await propose(finding)).toBe(false);
    expect(await actionsOf(finding.connectionId)).toHaveLength(1);
  });

  test.each(['', 'sk-ant-api03-secret', 'a b'])('but names it %j leads to none', async (id) => {
    const finding = await addFinding();
    const before = sent;
    expect(await propose({ ...finding, apiKeyId: id })).toBe(false);
    expect(sent).toBe(before);
  });
});

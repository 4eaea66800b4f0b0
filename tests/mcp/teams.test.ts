import { beforeAll, describe, expect, test, vi } from 'vitest';
import { mcpAudience } from '../../core/config/addresses.ts';
import type { TestService } from '../api/createTestIdentities.ts';
import { DAY, startTeamWorld, type TeamWorld } from '../api/teamWorld.ts';
import { addDays } from '../../core/time/day.ts';
import { connect, type TestClient } from './mcpClients.ts';
import { ALL_READING } from './platform/platformWorld.ts';
import { type HttpServer, startServer } from './serverProcess.ts';

let world: TeamWorld;
let own: HttpServer;
let awsCost: HttpServer;
let member: TestService;
let outsider: TestService;

beforeAll(async () => {
  // The servers have the machine's clock.
  world = await startTeamWorld(null);
  const { api, a } = world;
  const exchange = await api.addService(['mcp:exchange', 'tokens:introspect']);
  const judge = await api.addService(['tokens:introspect']);
  const shared = { MCP_AUTH: 'jwt', INTERNAL_API_URL: api.url };
  own = await startServer('costguard', {
    ...shared,
    PUBLIC_UI_URL: 'https://ui.example',
    COSTGUARD_CLIENT_ID: exchange.clientId,
    COSTGUARD_CLIENT_SECRET: exchange.clientSecret,
  });
  awsCost = await startServer('aws-cost', {
    ...shared,
    COSTGUARD_CLIENT_ID: judge.clientId,
    COSTGUARD_CLIENT_SECRET: judge.clientSecret,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  member = await api.addService([...ALL_READING, 'actions:propose']);
  outsider = await api.addService([...ALL_READING]);
  await world.addTeam(
    [{ kind: 'service', id: member.id }],
    [{ connectionId: a.connectionId }, { connectionId: a.llmConnectionId }],
  );
  return async () => {
    await own.stop();
    await awsCost.stop();
    await world.close();
  };
});

/** A token as /oauth/token gives it. */
async function tokenOf({ clientId, clientSecret }: TestService): Promise<string> {
  const reply = await world.api.call('POST', '/oauth/token', {
    body: {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      resource: mcpAudience(world.api.services.env),
    },
  });
  return (reply.body as { access_token: string }).access_token;
}

async function asking<T>(
  service: TestService,
  ask: (client: TestClient) => Promise<T>,
): Promise<T> {
  const headers = { authorization: `Bearer ${await tokenOf(service)}` };
  const client = await connect('v2 auto', { url: own.url, headers });
  try {
    return await ask(client);
  } finally {
    await client.close();
  }
}

describe('costguard-server', () => {
  const period = { start: DAY, end: addDays(DAY, 1) };
  test.each([
    ['list_anomalies', {}],
    ['list_actions', {}],
    ['list_connections', {}],
    ['list_budgets', {}],
    ['query_costs', { period, groupBy: 'ServiceName' }],
  ])('%s shows a member of a team the team’s rows only', async (tool, args) => {
    const of = async (service: TestService) =>
      JSON.stringify(await asking(service, (client) => client.call(tool, args)));
    const seen = await of(member);
    expect(seen).toContain('alpha');
    expect(seen).not.toContain('bravo');
    expect(await of(outsider)).toContain('bravo');
  });

  test('a finding of another team is not there', async () => {
    const reply = await asking(member, (client) =>
      client.call('explain_anomaly', { anomalyId: world.b.anomalyId }),
    );
    expect(reply.isError).toBe(true);
    expect(JSON.stringify(reply)).not.toContain('bravo');
  });
});

describe('a provider’s own server', () => {
  const call = (token: string) =>
    fetch(awsCost.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'describe_source', arguments: {} },
      }),
    });

  test('refuses an account in a team, and says which server to use', async () => {
    const reply = await call(await tokenOf(member));
    expect(reply.status).toBe(403);
    expect(await reply.text()).toContain('use costguard-server instead');
  });

  test('takes one that sees everything', async () => {
    expect((await call(await tokenOf(outsider))).status).toBe(200);
  });

  test('refuses an account that joins a team, with the token that it has', async () => {
    const joining = await world.api.addService([...ALL_READING]);
    const token = await tokenOf(joining);
    expect((await call(token)).status).toBe(200);
    await world.addTeam(
      [{ kind: 'service', id: joining.id }],
      [{ connectionId: world.a.connectionId }],
    );
    await vi.waitFor(async () => expect((await call(token)).status).toBe(403), {
      timeout: 10_000,
      interval: 500,
    });
  });
});

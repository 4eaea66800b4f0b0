import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays, utcDay } from '../../core/time/day.ts';
import { connect } from '../mcp/mcpClients.ts';
import { rawHistory } from '../servers/rawHistory.ts';
import { costResults } from '../system/costResults.ts';
import { type AwsPollWorld, flatMeter, startAwsPollWorld, yesterday } from './awsPollWorld.ts';
import { lastAttempt } from './pollWorld.ts';

// Whatever stands in these must be found nowhere: not in a log, an error, a history, a row or an answer.
const SECRETS = {
  accessKeyId: 'AKIAPLANTEDPOLL00001',
  secretKey: 'plantedPollSecret/0123456789abcdefghijkl',
  sessionToken: 'plantedPollSessionToken0123456789',
  azureSecret: 'plantedAzureClientSecret~0123456789',
  llmKey: 'sk-ant-admin-planted-0123456789',
  roleArn: 'arn:aws:sts::123456789012:assumed-role/PlantedPollRole/planted-session',
  upstreamText: 'planted words of the provider about a poll',
};

let world: AwsPollWorld;

beforeAll(async () => {
  world = await startAwsPollWorld({
    env: {
      AWS_ACCESS_KEY_ID: SECRETS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: SECRETS.secretKey,
      AWS_SESSION_TOKEN: SECRETS.sessionToken,
      AZURE_CLIENT_SECRET: SECRETS.azureSecret,
      ANTHROPIC_ADMIN_KEY: SECRETS.llmKey,
    },
  });
});
afterAll(() => world.close());

beforeEach(() => {
  world.meters.length = 0;
  world.meters.push(flatMeter('BoxUsage:m5.large', '9.216'));
  world.fault(() => undefined);
});

const awsError = (name: string, status = 400, headers: Record<string, string> = {}) => ({
  status,
  headers: { 'x-amzn-errortype': name, ...headers },
  json: { __type: name, message: `${SECRETS.upstreamText}: ${SECRETS.roleArn} is not allowed` },
});

/** The token service speaks XML. */
const stsError = (code: string) => ({
  status: 403,
  html: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${SECRETS.upstreamText}</Message></Error></ErrorResponse>`,
});

const stored = async (connectionId: string) =>
  world.api.services.db
    .selectFrom('cost_daily')
    .select(['day', 'billing_currency', 'billed_cost'])
    .where('connection_id', '=', connectionId)
    .orderBy('day')
    .execute();

async function pollWith(fault: Parameters<AwsPollWorld['fault']>[0]) {
  const connectionId = await world.addConnection();
  world.fault(fault);
  const { connection, history } = await world.poll(connectionId);
  return { connectionId, connection, fetch: lastAttempt(history, 'fetchCosts') };
}

/** The SDK itself asks twice before the server gives up. */
const twice = (answer: ReturnType<typeof awsError> | { cut: true }) => (_: unknown, i: number) =>
  i < 2 ? answer : undefined;

describe('what passes by itself is tried again by Temporal, and the poll ends well', () => {
  test('throttling, after the pause that the provider asks for', async () => {
    const fault = twice(awsError('ThrottlingException', 400, { 'retry-after': '3' }));
    const { connection, fetch } = await pollWith(fault);
    expect(fetch).toMatchObject({
      attempt: 2,
      failure: { code: 'provider_throttled', delayMs: 3_000 },
    });
    expect(connection.health).toMatchObject({ status: 'healthy', code: null, detail: null });
  });

  test('HTTP 429 without a name of AWS’s own', async () => {
    const { connection, fetch } = await pollWith(twice(awsError('', 429, { 'retry-after': '1' })));
    expect(fetch).toMatchObject({
      attempt: 2,
      failure: { code: 'provider_throttled', delayMs: 1_000 },
    });
    expect(connection.health.status).toBe('healthy');
  });

  test.each([500, 503])('an answer of HTTP %d', async (status) => {
    const { connection, fetch } = await pollWith(twice(awsError('InternalFailure', status)));
    expect(fetch).toMatchObject({ attempt: 2, failure: { code: 'provider_unavailable' } });
    expect(connection.health.status).toBe('healthy');
  });

  test('a connection that is cut', async () => {
    const { connectionId, connection, fetch } = await pollWith(twice({ cut: true }));
    expect(fetch).toMatchObject({ attempt: 2, failure: { code: 'provider_unavailable' } });
    expect(connection.health.status).toBe('healthy');
    expect(await stored(connectionId)).toHaveLength(92);
  });

  test('an MCP server that is away and comes back', async () => {
    const connectionId = await world.addConnection();
    await world.server().stop();
    const handle = await world.startPoll(connectionId);
    await expect
      .poll(() => world.logLines.some((line) => line.includes('could not be reached')), {
        timeout: 20_000,
      })
      .toBe(true);
    await world.restartServer();
    await handle.result();
    const history = await world.historyOf(handle.workflowId);
    expect(lastAttempt(history, 'fetchCosts').failure?.code).toBe('provider_unavailable');
    expect((await world.connection(connectionId)).health.status).toBe('healthy');
  });
});

describe('what a person has to mend ends the poll at once, and the connection says what to do', () => {
  test.each([
    [
      'a missing permission, by its name',
      'AccessDeniedException',
      'permission_missing',
      'Add the action ce:GetCostAndUsage to the IAM policy of this connection',
    ],
    [
      'expired credentials',
      'ExpiredTokenException',
      'credentials_rejected',
      'The AWS credentials of this connection have expired. Renew them',
    ],
    [
      'credentials that are not known',
      'UnrecognizedClientException',
      'credentials_rejected',
      'Set credentials in the AWS default chain',
    ],
    [
      'Cost Explorer that is not switched on',
      'DataUnavailableException',
      'unsupported',
      'Cost Explorer is not enabled',
    ],
  ])('%s', async (_name, error, code, says) => {
    const { connectionId, connection, fetch } = await pollWith(() => awsError(error));
    expect(fetch).toEqual({ attempt: 1 });
    expect(connection.health).toMatchObject({ status: 'failed', code });
    expect(connection.health.detail).toContain(says);
    expect(await stored(connectionId)).toEqual([]);
  });

  test('a permission that is missing for the accounts is named as well', async () => {
    const connectionId = await world.addConnection();
    world.proxy.answer('GetCallerIdentity', () => stsError('AccessDenied'));
    const { connection } = await world.poll(connectionId);
    world.proxy.answer('GetCallerIdentity', () => undefined);
    expect(connection.health).toMatchObject({ status: 'failed', code: 'permission_missing' });
    expect(connection.health.detail).toContain('sts:GetCallerIdentity');
  });

  test('pages that never end: the same one again', async () => {
    const { connectionId, connection, fetch } = await pollWith(({ body }) => {
      const { Start, End } = body['TimePeriod'] as { Start: string; End: string };
      return { json: { ...costResults(Start, End, world.meters), NextPageToken: 'again' } };
    });
    expect(fetch).toEqual({ attempt: 1 });
    expect(connection.health).toMatchObject({ status: 'failed', code: 'provider_answer_invalid' });
    expect(connection.health.detail).toContain('never end');
    expect(await stored(connectionId)).toEqual([]);
  });

  test('pages that never end: always another one', async () => {
    const { connectionId, connection, fetch } = await pollWith(({ body }, i) => {
      const { Start, End } = body['TimePeriod'] as { Start: string; End: string };
      return { json: { ...costResults(Start, End, world.meters), NextPageToken: `page-${i}` } };
    });
    expect(fetch).toEqual({ attempt: 1 });
    expect(connection.health.status).toBe('failed');
    expect(connection.health.detail).toMatch(/shorter period|fewer|narrow/i);
    expect(await stored(connectionId)).toEqual([]);
  });

  test('a charge without an amount', async () => {
    const { connectionId, connection, fetch } = await pollWith(({ body }) => {
      const { Start, End } = body['TimePeriod'] as { Start: string; End: string };
      const answer = costResults(Start, End, world.meters);
      const last = answer.ResultsByTime.at(-1)?.Groups[0]?.Metrics as Record<string, unknown>;
      last['UnblendedCost'] = { Unit: 'USD' };
      return { json: answer };
    });
    expect(fetch).toEqual({ attempt: 1 });
    expect(connection.health).toMatchObject({ status: 'failed', code: 'provider_answer_invalid' });
    expect(await stored(connectionId)).toEqual([]);
  });
});

describe('a currency that changes', () => {
  test('is kept beside the one before, told to a person, and is no reason for findings', async () => {
    const connectionId = await world.addConnection();
    const changed = addDays(utcDay(new Date()), -3);
    world.fault(({ body }) => {
      const { Start, End } = body['TimePeriod'] as { Start: string; End: string };
      const answer = costResults(Start, End, world.meters);
      const json = JSON.stringify(answer, (_key, value: unknown) => {
        const span = value as { TimePeriod?: { Start: string } } | null;
        return span?.TimePeriod !== undefined && span.TimePeriod.Start >= changed
          ? (JSON.parse(JSON.stringify(span).replaceAll('"USD"', '"EUR"')) as unknown)
          : value;
      });
      return { json: JSON.parse(json) as unknown };
    });
    const { connection } = await world.poll(connectionId);
    expect(connection.health).toMatchObject({ status: 'degraded', code: 'currency_changed' });
    expect(connection.health.detail).toContain(
      `Since ${changed} the costs come in EUR, before that in USD.`,
    );
    const rows = await stored(connectionId);
    expect(rows.filter((row) => row.billing_currency === 'EUR').map(({ day }) => day)).toEqual(
      [0, 1, 2].map((i) => addDays(changed, i)),
    );
    expect(rows.filter((row) => row.billing_currency === 'USD')).toHaveLength(89);
    const found = await world.api.services.db
      .selectFrom('anomalies')
      .select('id')
      .where('connection_id', '=', connectionId)
      .execute();
    expect(found).toEqual([]);
  });
});

describe('a clock of the provider that jumps', () => {
  test('does not move the days that a poll asks for and stores', async () => {
    const connectionId = await world.addConnection();
    const jumped = new Date(Date.now() + 40 * 86_400_000).toUTCString();
    const asked: unknown[] = [];
    world.fault(({ body }) => {
      const { Start, End } = body['TimePeriod'] as { Start: string; End: string };
      asked.push(body['TimePeriod']);
      return { json: costResults(Start, End, world.meters), headers: { date: jumped } };
    });
    const { connection } = await world.poll(connectionId);
    const again = await world.poll(connectionId);
    const today = utcDay(new Date());
    expect(asked).toEqual([
      { Start: addDays(today, -92), End: today },
      { Start: addDays(today, -3), End: today },
    ]);
    expect(connection).toMatchObject({ dataUntil: yesterday(), health: { status: 'healthy' } });
    expect(again.connection.dataUntil).toBe(yesterday());
  });

  test('is refused where it gives other days than were asked for', async () => {
    const { connectionId, connection, fetch } = await pollWith(({ body }) => {
      const { Start, End } = body['TimePeriod'] as { Start: string; End: string };
      return { json: costResults(addDays(Start, 365), addDays(End, 365), world.meters) };
    });
    expect(fetch).toEqual({ attempt: 1 });
    expect(connection.health).toMatchObject({ status: 'failed', code: 'provider_answer_invalid' });
    expect(await stored(connectionId)).toEqual([]);
  });
});

test('a connection that was mended is healthy again with its next poll', async () => {
  const { connectionId, connection } = await pollWith(() => awsError('ExpiredTokenException'));
  expect(connection.health.status).toBe('failed');
  world.fault(() => undefined);
  const { connection: mended } = await world.poll(connectionId);
  expect(mended.health).toMatchObject({ status: 'healthy', code: null, detail: null });
  expect(await stored(connectionId)).toHaveLength(92);
});

test('Temporal knows no plain text of a poll: no account, amount, summary or failure', async () => {
  const connectionId = await world.addConnection();
  world.fault(() => awsError('AccessDeniedException'));
  const handle = await world.startPoll(connectionId);
  await handle.result().catch(() => undefined);
  const readable = textOf(await world.historyOf(handle.workflowId));
  const raw = await rawHistory(world.api.services.temporal, handle.workflowId);
  for (const word of ['ce:GetCostAndUsage', '"connectionId"', 'scheduledAt']) {
    expect(readable).toContain(word);
    expect(raw).not.toContain(word);
  }
  expect(raw).not.toMatch(/\.ts:\d|\.js:\d/);
  for (const plain of [connectionId, 'detectivePoll', 'permission_missing'])
    expect(raw).toContain(plain);
});

// Last: it searches what all the tests before it have left.
test('no secret stands in a log, a history, a stored row or an answer', async () => {
  const client = await connect('v2 auto', { url: world.server().url });
  const answers = [
    await client.call('describe_source', {}),
    await client.call('list_accounts', {}),
    await client.call('query_costs', {
      period: { start: addDays(yesterday(), -3), end: yesterday() },
    }),
  ];
  world.fault(() => awsError('AccessDeniedException'));
  answers.push(
    await client.call('query_costs', {
      period: { start: addDays(yesterday(), -9), end: yesterday() },
    }),
  );
  await client.close();
  const { rows: tables } = await world.api.services.pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  );
  const dumps = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await world.api.services.pool.query<{ row: string }>(
        `select t::text as row from "${name}" t`,
      );
      return rows.map(({ row }) => row).join('\n');
    }),
  );
  const histories = await world.histories();
  expect(histories.length).toBeGreaterThan(15);
  const places = {
    'the worker’s log': world.logLines.join('\n'),
    'the API’s log': world.api.logLines.join('\n'),
    'the MCP server’s log': world.serverOutput(),
    'the histories': textOf(histories),
    'the database': dumps.join('\n'),
    'the answers': JSON.stringify(answers),
  };
  expect(places['the histories']).toContain('ce:GetCostAndUsage');
  expect(places['the histories']).toContain('"isDeep":true');
  expect(places['the database']).toContain('ce:GetCostAndUsage');
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(100);
    for (const secret of Object.values(SECRETS)) {
      expect(text.includes(secret), `${secret} in ${place}`).toBe(false);
    }
  }
});

/** All text in a value; payloads are bytes, and what they say is searched, not their base64. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).join('\n');
}

import { join } from 'node:path';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { connect, type Database } from '../../db/connect.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import { startParts } from '../pollMany/startParts.ts';
import { LOOP, startLaggingProvider } from './laggingProvider.ts';

// Minutes from the spend to the finding with everything real but the provider: Postgres, Temporal with the Schedule of the
// connection, the llm-tracker MCP server, the API and the workers as processes of their own, in real time. At the provider,
// which tells its use five minutes late, a key begins to loop; a second key's loop is pushed by a gateway.
const LIMIT_MINUTES = 15;
const FLOOR_USD = 2.5;
const GIVEN_UP_MINUTES = 30;
const BEAT_MS = 10_000;
const PARTS = ['llm-tracker', 'api', 'detective', 'llm'];
const HOUR_MS = 3_600_000;

const line = (text: string) => process.stdout.write(`${text}\n`);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const provider = await startLaggingProvider();
const parts = await startParts();
try {
  const source = await parts.startProduct(PARTS, {
    OPENAI_ADMIN_KEY: provider.adminKey,
    OPENAI_BASE_URL: `${provider.url}/v1`,
    BACKFILL_MONTHS: '0',
  });
  const { db, close } = connect(parts.databaseUrl, { applicationName: 'bench' });
  try {
    const push = await createPush(source);
    const [pulled, pushed] = [await add(db, 'openai'), await add(db, 'anthropic')];
    await push(habitOf(pushed));
    await until(() => wasPolled(db, pulled), 'The first poll did not end.');
    line('The provider’s report was read once; the loops begin.');
    await Promise.all([
      measure(db, pulled, 'the provider’s report', (at) => {
        provider.spend(at, LOOP.tokensAMinute * (BEAT_MS / 60_000));
        return Promise.resolve();
      }),
      measure(db, pushed, 'pushed calls', (at) => push([loopCall(pushed, at)])),
    ]);
  } catch (error) {
    for (const name of PARTS) process.stderr.write(`${parts.linesOf(name).slice(-5).join('\n')}\n`);
    throw error;
  } finally {
    await close();
  }
} finally {
  await parts.stop();
  await provider.close();
}

async function add(db: Database, name: 'openai' | 'anthropic'): Promise<string> {
  const { id } = await insertConnection(db, {
    ...{ provider: name, name, mode: 'read_only', pollIntervalMinutes: 360 },
  });
  return id;
}

/** Spends every ten seconds until the finding is there, and says how long it took. */
async function measure(
  db: Database,
  connectionId: string,
  name: string,
  spend: (at: number) => Promise<void>,
): Promise<void> {
  const first = Date.now();
  let spentAt: number | undefined;
  for (let beat = 1; Date.now() - first < GIVEN_UP_MINUTES * 60_000; beat += 1) {
    const at = Date.now();
    await spend(at);
    const spent = LOOP.costAMinute * beat * (BEAT_MS / 60_000);
    if (spent >= FLOOR_USD) spentAt ??= at;
    const found = await findRaised(db, connectionId);
    if (found !== undefined) {
      const minutes = (from: number) => (found.getTime() - from) / 60_000;
      const sinceSpend = minutes(spentAt ?? first);
      line(
        `${name}: ${minutes(first).toFixed(1)} minutes from the first call, ${sinceSpend.toFixed(1)} from when it had come to ` +
          `${FLOOR_USD.toFixed(2)} USD, ratio ${(sinceSpend / LIMIT_MINUTES).toFixed(2)}, limit ${LIMIT_MINUTES} minutes: ` +
          (sinceSpend <= LIMIT_MINUTES ? 'met' : 'NOT met'),
      );
      return;
    }
    await sleep(Math.max(0, first + beat * BEAT_MS - Date.now()));
  }
  line(`${name}: not found in ${GIVEN_UP_MINUTES} minutes, limit ${LIMIT_MINUTES}: NOT met`);
}

async function findRaised(db: Database, connectionId: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom('anomalies')
    .select('created_at')
    .where('connection_id', '=', connectionId)
    .where('kind', 'in', ['runaway_loop', 'key_misuse'])
    .executeTakeFirst();
  return row?.created_at;
}

async function wasPolled(db: Database, connectionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('connections')
    .select('usage_health_status')
    .where('id', '=', connectionId)
    .executeTakeFirstOrThrow();
  return row.usage_health_status === 'healthy';
}

async function until(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    if (await isSo()) return;
    await sleep(1000);
  }
  throw new Error(otherwise);
}

/** A gateway with a token of its own, made by the command that operators use; asks for a new one before it ends. */
async function createPush(
  source: Record<string, string | undefined>,
): Promise<(calls: object[]) => Promise<void>> {
  const args = [join(projectRoot, 'dist/cli/costguard.js'), 'token', '--scopes', 'usage:write'];
  const getToken = async () =>
    (await runCommand({ command: process.execPath, args, env: source, timeoutMs: 120_000 })).trim();
  let token = await getToken();
  let renewAt = Date.now() + 10 * 60_000;
  return async (calls) => {
    if (Date.now() > renewAt) {
      token = await getToken();
      renewAt = Date.now() + 10 * 60_000;
    }
    const reply = await fetch(`http://127.0.0.1:${source['API_PORT']}/api/v1/usage/llm`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ calls }),
    });
    if (!reply.ok) throw new Error(await reply.text());
  };
}

/** Twelve days of a call an hour. */
function habitOf(connectionId: string) {
  return Array.from({ length: 24 * 12 }, (_, hour) =>
    toCall(connectionId, Date.now() - (hour + 1) * HOUR_MS, 20_000),
  );
}

function loopCall(connectionId: string, at: number) {
  return toCall(connectionId, at, Math.round(LOOP.tokensAMinute * (BEAT_MS / 60_000)));
}

function toCall(connectionId: string, at: number, input: number) {
  return {
    connectionId,
    callId: `call-${at}`,
    at: new Date(at).toISOString(),
    model: LOOP.anthropicModel,
    apiKeyId: 'key_gateway',
    units: { input, output: Math.round(input / 10) },
  };
}

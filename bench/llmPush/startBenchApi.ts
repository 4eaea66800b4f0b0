import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { publicApiUrl } from '../../core/config/addresses.ts';
import { parseEnv } from '../../core/config/env.ts';
import type { Scope } from '../../core/contracts/access.ts';
import { type LlmCall, LlmPushReply } from '../../core/contracts/llmCall.ts';
import { signAccessToken } from '../../core/identity/accessToken.ts';
import { connect } from '../../db/connect.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import {
  createClientSecret,
  saveServiceAccount,
} from '../../db/queries/identity/saveServiceAccount.ts';
import { ensureSigningKey, getSigningKey } from '../../db/queries/identity/signingKeys.ts';
import { handOutPayloadKeys } from '../../db/queries/payloadKeys/handOutPayloadKeys.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';

/** One API process and a sender with a token for it. */
export interface BenchApi {
  connectionId: string;
  /** Sends calls in one request; returns how many were counted. @throws Error for any answer but 200 */
  push: (calls: readonly LlmCall[]) => Promise<number>;
  /** Reads a path. @throws Error for any answer but 200 */
  get: (path: string) => Promise<unknown>;
  /** Seconds of processor time that the process has taken so far. */
  cpuSeconds: () => Promise<number>;
  stop: () => Promise<void>;
}

/** Starts the built API as an operator would, in a process of its own with its usual settings. */
export async function startBenchApi(
  databaseUrl: string,
  home: string,
  { scopes = ['usage:write'] }: { scopes?: Scope[] } = {},
): Promise<BenchApi> {
  const port = await findFreePort();
  const settings = { DATABASE_URL: databaseUrl, COSTGUARD_HOME: home, API_PORT: String(port) };
  const { token, connectionId } = await prepare(databaseUrl, settings, scopes);
  const child = spawn(process.execPath, [join(projectRoot, 'dist/api/main.js')], {
    env: settings,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const agent = new Agent({ keepAlive: true });
  const send = async (method: 'GET' | 'POST', path: string, body = ''): Promise<unknown> => {
    const sent = body === '' ? {} : { 'content-type': 'application/json' };
    const headers = { authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body) };
    const req = request({ port, agent, method, path, headers: { ...headers, ...sent } });
    req.end(body);
    const [response] = (await once(req, 'response')) as [IncomingMessage];
    const answer = await json(response);
    if (response.statusCode !== 200) throw new Error(JSON.stringify(answer));
    return answer;
  };
  await waitUntilUp(port);
  return {
    connectionId,
    push: async (calls) => {
      const body = JSON.stringify(calls.length === 1 ? calls[0] : { calls });
      return LlmPushReply.parse(await send('POST', '/api/v1/usage/llm', body)).accepted;
    },
    get: (path) => send('GET', path),
    cpuSeconds: async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
    },
    stop: async () => {
      agent.destroy();
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

async function prepare(databaseUrl: string, settings: Record<string, string>, scopes: Scope[]) {
  const env = parseEnv(settings);
  const { db, close } = connect(databaseUrl, { applicationName: 'bench' });
  try {
    const { vault } = await loadSecrets(db, env, { create: true });
    await ensureSigningKey(db, vault);
    await handOutPayloadKeys(db, vault);
    const account = await saveServiceAccount(db, {
      name: 'gateway',
      scopes,
      secret: createClientSecret(),
    });
    const { id } = await insertConnection(db, {
      provider: 'openai',
      name: 'gateway',
      mode: 'read_only',
      pollIntervalMinutes: 60,
    });
    const address = publicApiUrl(env);
    const token = await signAccessToken(
      { sub: account.client_id, scope: scopes.join(' '), jti: randomUUID() },
      await getSigningKey(db, vault),
      { issuer: address, audience: address, now: new Date() },
    );
    return { token, connectionId: id };
  } finally {
    await close();
  }
}

async function waitUntilUp(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/healthz`;
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The API did not start.');
}

import { createServer } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { temporalAddress } from '../core/config/addresses.ts';
import { EnvError, parseEnv } from '../core/config/env.ts';
import { connect } from '../db/connect.ts';
import { storeCalls } from '../db/queries/llm/storeCalls.ts';
import { loadSecrets } from '../db/vault/loadSecrets.ts';
import { createApp } from './createApp.ts';
import { closeServer } from './http/closeServer.ts';
import { createTokenKeys } from './identity/tokenKeys.ts';
import { createChangeFeed } from './system/changeFeed.ts';
import { createCallQueue } from './usage/llm/callQueue.ts';

const DRAIN_MS = 10_000;

async function main(): Promise<void> {
  const env = parseEnv(process.env);
  const log = pino({ level: env.LOG_LEVEL, base: { part: 'api' } });
  if (env.DATABASE_URL === undefined) throw new EnvError(['DATABASE_URL: is needed by the API']);
  const { db, pool, close } = connect(env.DATABASE_URL, {
    applicationName: 'costguard-api',
    // The error itself carries the whole client, with its settings.
    onIdleError: ({ message }) =>
      log.warn({ reason: message }, 'a database connection broke; the pool makes a new one'),
  });
  const { vault, keyring } = await loadSecrets(db, env, { create: false });
  // Lazy: the API starts, and answers what it can, while Temporal is still away.
  const connection = Connection.lazy({ address: temporalAddress(env) });
  const temporal = new Client({ connection, namespace: env.TEMPORAL_NAMESPACE });
  const changes = createChangeFeed(env.DATABASE_URL, log);
  changes.start();
  const tokenKeys = createTokenKeys(db, vault);
  const app = createApp({
    env,
    db,
    pool,
    vault,
    keyring,
    temporal,
    changes,
    llmCalls: createCallQueue((calls) => storeCalls(pool, calls)),
    tokenKeys,
    log,
    now: () => new Date(),
  });
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 20_000 }, app);
  server.listen(env.API_PORT, env.BIND_ADDRESS, () =>
    log.info({ port: env.API_PORT }, 'API is listening'),
  );
  server.on('error', (error) => {
    log.fatal({ err: error }, 'the API cannot listen');
    process.exit(1);
  });

  const stop = async (): Promise<void> => {
    log.info('API is stopping');
    const closed = closeServer(server, DRAIN_MS);
    await changes.stop();
    await closed;
    await connection.close();
    await close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof EnvError ? 2 : 1);
});

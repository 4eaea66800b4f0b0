import { createServer } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { pino } from 'pino';
import { temporalAddress } from '../core/config/addresses.ts';
import { type Env, EnvError, parseEnv } from '../core/config/env.ts';
import { connect } from '../db/connect.ts';
import { createDataConverter } from '../db/payloads/createDataConverter.ts';
import { createPayloadCodec } from '../db/payloads/payloadCodec.ts';
import { createFindPayloadKey } from '../db/queries/payloadKeys/createFindPayloadKey.ts';
import { readPayloadKeys } from '../db/queries/payloadKeys/readPayloadKeys.ts';
import { loadSecrets } from '../db/vault/loadSecrets.ts';
import { startTracing } from '../db/telemetry/startTracing.ts';
import { tracedClient } from '../db/telemetry/tracedClient.ts';
import { connectViewers } from '../db/viewers/connectViewers.ts';
import { keepAuditHead } from './audit/keepAuditHead.ts';
import { createApp } from './createApp.ts';
import { createServices } from './createServices.ts';
import { closeServer } from './http/closeServer.ts';
import { createChangeFeed } from './system/changeFeed.ts';
import { warnOfAuditGaps } from './system/warnOfAuditGaps.ts';

const DRAIN_MS = 10_000;

async function main(): Promise<void> {
  const env = parseEnv(process.env);
  const log = pino({ level: env.LOG_LEVEL, base: { part: 'api' } });
  const tracing = startTracing(env, 'api');
  if (env.DATABASE_URL === undefined) throw new EnvError(['DATABASE_URL: is needed by the API']);
  const pooled = {
    applicationName: 'costguard-api',
    // The error itself carries the whole client, with its settings.
    onIdleError: ({ message }: Error) =>
      log.warn({ reason: message }, 'a database connection broke; the pool makes a new one'),
  };
  const { db, pool, close } = connect(env.DATABASE_URL, pooled);
  const viewers = connectViewers(env.DATABASE_URL, pooled);
  const { vault, keyring } = await loadSecrets(db, env, { create: false });
  const keys = await readPayloadKeys(db, vault);
  const payloadCodec = createPayloadCodec(keys, createFindPayloadKey(db, vault));
  const { connection, temporal } = openTemporal(env, payloadCodec);
  const changes = createChangeFeed(env.DATABASE_URL, log);
  changes.start();
  const services = createServices({
    env,
    db,
    pool,
    viewers,
    vault,
    keyring,
    temporal,
    payloadCodec,
    changes,
    log,
    now: () => new Date(),
  });
  const app = createApp(services);
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 20_000 }, app);
  server.listen(env.API_PORT, env.BIND_ADDRESS, () =>
    log.info({ port: env.API_PORT }, 'API is listening'),
  );
  void warnOfAuditGaps(db, log);
  const stopAuditHead = keepAuditHead(db, log);
  server.on('error', (error) => {
    log.fatal({ err: error }, 'the API cannot listen');
    process.exit(1);
  });
  const stop = async (): Promise<void> => {
    log.info('API is stopping');
    stopAuditHead();
    const closed = closeServer(server, DRAIN_MS);
    await changes.stop();
    await closed;
    await connection.close();
    await viewers.close();
    await close();
    await tracing?.stop();
  };
  stopOnSignal(stop);
}

/** Ends the process, in order, at the first of them. */
function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

/** Lazy: the API starts, and answers what it can, while Temporal is still away. */
function openTemporal(env: Env, codec: PayloadCodec) {
  const connection = Connection.lazy({ address: temporalAddress(env) });
  const dataConverter = createDataConverter(codec);
  const isTraced = env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
  const temporal = new Client({
    connection,
    namespace: env.TEMPORAL_NAMESPACE,
    dataConverter,
    ...(isTraced && { interceptors: tracedClient() }),
  });
  return { connection, temporal };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof EnvError ? 2 : 1);
});

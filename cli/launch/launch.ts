import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../../core/config/env.ts';
import { createCrew, type Crew } from './crew.ts';
import { createWaitingBoard, type WaitingBoard } from './createWaitingBoard.ts';
import { keepFirstSignIn } from './firstSignIn.ts';
import type { MergedLog } from './logs/createMergedLog.ts';
import { prepareBackups } from './prepareBackups.ts';
import { demoAwsSpec, frontSpecs, type PartFrame, workerSpecs } from './partSpecs.ts';
import { initialise, seedDemo } from './runCostguard.ts';
import { startDatabase } from './startDatabase.ts';
import { startMoto } from './startMoto.ts';
import { startTemporal } from './startTemporal.ts';

/** What a start is made from. */
export interface LaunchOptions {
  env: Env;
  source: Record<string, string | undefined>;
  /** Absolute. */
  home: string;
  log: MergedLog;
  /** Aborts the steps that are no processes of the crew: building, installing, migrating. */
  signal: AbortSignal;
}

/** What the steps of a start share. */
export interface LaunchContext extends LaunchOptions {
  crew: Crew;
  board: WaitingBoard;
}

/** A start under way. */
export interface Launch {
  /** Resolves when every part is ready; rejects when one does not get there. */
  ready: Promise<void>;
  /** Ends everything in order. */
  stop: () => Promise<void>;
}

/** Brings up all of CostGuard: servers at the same time, then the database's content, then the parts. */
export function launch(options: LaunchOptions): Launch {
  const { home, log } = options;
  const board = createWaitingBoard(log.say);
  const crew = createCrew(log, board, join(home, 'run'));
  const ready = bringUp({ ...options, board, crew }).finally(board.close);
  ready.catch(() => undefined);
  return { ready, stop: crew.stop };
}

async function bringUp(context: LaunchContext): Promise<void> {
  const { crew } = context;
  const [frame, hasMoto] = await Promise.all([
    prepareData(context),
    startMoto(context),
    startTemporal(context),
  ]);
  const settings = hasMoto
    ? { ...frame.settings, ...demoAwsSettings(context.env) }
    : frame.settings;
  const parts = { ...frame, settings };
  await Promise.all([
    ...(hasMoto ? [crew.add('fronts', demoAwsSpec(parts))] : []),
    ...frontSpecs(parts).map((spec) => crew.add('fronts', spec)),
    ...workerSpecs(parts).map((spec) => crew.add('workers', spec)),
  ]);
}

/** Database, schema, keys, accounts and, in an empty demo, its data. */
async function prepareData(context: LaunchContext): Promise<PartFrame> {
  const { board, env, home, log, signal, source } = context;
  const { databaseUrl, migrationDatabaseUrl } = await startDatabase(context);
  writeFileSync(join(home, 'database-url'), `${databaseUrl}\n`, { mode: 0o600 });
  const settings = {
    COSTGUARD_HOME: home,
    DATABASE_URL: databaseUrl,
    // Nine lines from each process on Node 20; the SDK's version is pinned, so nothing follows from it.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  board.wait('the database', 'migrating and preparing it');
  const { adminPassword, serviceAccounts } = await initialise(
    { source, settings: { ...settings, MIGRATION_DATABASE_URL: migrationDatabaseUrl } },
    signal,
  );
  keepFirstSignIn(home, adminPassword);
  log.hideSecret(adminPassword);
  for (const { clientSecret, payloadKeys } of Object.values(serviceAccounts)) {
    log.hideSecret(clientSecret);
    log.hideSecret(payloadKeys);
  }
  if (env.DEMO_MODE) {
    board.wait('the database', 'filling it with the demo');
    await seedDemo({ source, settings }, signal);
  }
  board.done('the database');
  const backups = await prepareBackups(context, databaseUrl);
  return { env, source, settings, serviceAccounts, backups };
}

/** How the parts reach the demo account: any credentials do. */
const demoAwsSettings = (env: Env) => ({
  AWS_ENDPOINT_URL: `http://127.0.0.1:${env.DEMO_AWS_PORT}`,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'demo',
  AWS_SECRET_ACCESS_KEY: 'demo',
  // A session token of the user's real account would be sent along.
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
});

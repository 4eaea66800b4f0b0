import { join, resolve } from 'node:path';
import { publicApiUrl, publicUiUrl, temporalUiUrl } from '../../core/config/addresses.ts';
import { type Env, EnvError, parseEnv } from '../../core/config/env.ts';
import { claimHome } from './claimHome.ts';
import { findFirstSignIn, forgetFirstSignIn } from './firstSignIn.ts';
import { launch } from './launch.ts';
import { createMergedLog, type MergedLog } from './logs/createMergedLog.ts';
import { findPortConflict, portsWanted } from './portsWanted.ts';
import { reapRecorded, signalRecorded } from './process/processRecords.ts';

const EXIT = { ok: 0, failed: 1, wrongConfiguration: 2, forced: 130 } as const;

/** `npm start`: runs all of CostGuard until Ctrl-C. Returns the exit code. */
async function start(source: Record<string, string | undefined>): Promise<number> {
  const env = parseEnv(source);
  const home = resolve(env.COSTGUARD_HOME);
  const release = claimHome(home);
  try {
    await reapRecorded(join(home, 'run'));
    const conflict = await findPortConflict(portsWanted(env));
    if (conflict !== undefined) throw new Error(conflict);
    return await run(env, source, home);
  } finally {
    release();
  }
}

async function run(
  env: Env,
  source: Record<string, string | undefined>,
  home: string,
): Promise<number> {
  const log = createMergedLog(join(home, 'logs'), print);
  log.hideSecret(env.COSTGUARD_ADMIN_PASSWORD);
  log.hideSecret(env.COSTGUARD_KEK);
  const ending = new AbortController();
  const asked = untilAsked(() => forceEnd(home));
  const launched = launch({ env, source, home, log, signal: ending.signal });
  let code: number = EXIT.ok;
  try {
    const isReady = await Promise.race([launched.ready.then(() => true), asked.then(() => false)]);
    if (isReady) {
      sayReady(env, home, log);
      await asked;
    }
  } catch (error) {
    log.say(`the start failed: ${error instanceof Error ? error.message : String(error)}`);
    code = EXIT.failed;
  }
  log.say('stopping; Ctrl-C again ends everything at once');
  ending.abort();
  await launched.stop();
  log.say('stopped');
  log.close();
  return code;
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when npm is gone; a later signal calls `onAgain`. */
function untilAsked(onAgain: () => void): Promise<void> {
  return new Promise((resolveAsked) => {
    let count = 0;
    const ask = () => {
      count += 1;
      if (count === 1) resolveAsked();
      else onAgain();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
    onNpmGone(resolveAsked);
  });
}

/** `npm start` that is sent SIGTERM ends the shell between itself and us, and tells us nothing. */
function onNpmGone(tell: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    tell();
  }, 500);
  timer.unref();
}

function forceEnd(home: string): void {
  signalRecorded(join(home, 'run'), 'SIGKILL');
  process.exit(EXIT.forced);
}

function sayReady(env: Env, home: string, log: MergedLog): void {
  const password = findFirstSignIn(home);
  const hasUi = env.TEMPORAL_ADDRESS === undefined || env.TEMPORAL_UI_URL !== undefined;
  const lines = [
    '',
    `CostGuard is ready after ${Math.round(process.uptime())} s.`,
    '',
    `  Dashboard        ${publicUiUrl(env)}`,
    `  API docs         ${publicApiUrl(env)}/docs`,
    ...(hasUi ? [`  Temporal Web UI  ${temporalUiUrl(env)}`] : []),
    ...(password === undefined
      ? []
      : ['', `  Sign in as admin with the password ${password} (shown only this once)`]),
    '',
    'Ctrl-C stops it.',
    '',
  ];
  // Printed past the log, because the log hides the password and keeps what it is given.
  for (const line of lines) print(line);
  forgetFirstSignIn(home);
  log.line('costguard', 'ready', false);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

// A terminal that was closed must not keep the processes from being ended in order.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

start(process.env).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const lines = error instanceof EnvError ? error.lines : [messageOf(error)];
    for (const line of lines) process.stderr.write(`${line}\n`);
    process.exit(error instanceof EnvError ? EXIT.wrongConfiguration : EXIT.failed);
  },
);

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

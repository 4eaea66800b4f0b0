import { pino } from 'pino';
import { EnvError, parseEnv } from '../../core/config/env.ts';
import { connect } from '../../db/connect.ts';
import { startDemoAccount } from './startDemoAccount.ts';
import { createStorySource } from './storySource.ts';

/**
 * The demo AWS account as a process: serves DEMO_AWS_PORT in front of the moto at the next port, on loopback. With
 * DATABASE_URL its costs follow the demo in that database, resizes included. Exit codes: 0 ended in order, 1 broke, 2
 * wrong configuration.
 */
async function main(source: Record<string, string | undefined>): Promise<void> {
  const env = parseEnv(source);
  const log = pino({ name: 'demo-aws', level: env.LOG_LEVEL });
  const ending = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => ending.abort());
  const database =
    env.DATABASE_URL === undefined
      ? undefined
      : connect(env.DATABASE_URL, {
          applicationName: 'costguard-demo-aws',
          poolSizeMax: 2,
          onIdleError: (err) => log.warn({ err }, 'A database connection broke'),
        });
  const { signal } = ending;
  try {
    const account = await startDemoAccount({
      motoUrl: `http://127.0.0.1:${env.DEMO_AWS_PORT + 1}`,
      host: env.BIND_ADDRESS,
      port: env.DEMO_AWS_PORT,
      readStory: createStorySource(database?.db, () => new Date(), log),
      log,
      signal,
    });
    log.info({ url: account.url }, 'The demo AWS account is open');
    await account.ended;
    log.info('Ended in order');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    // Also after a failure: what still waits for moto must not keep the process.
    ending.abort();
    await database?.close();
  }
}

main(process.env).catch((error: unknown) => {
  const log = pino({ name: 'demo-aws' });
  if (error instanceof EnvError) for (const line of error.lines) log.fatal(line);
  else log.fatal({ err: error }, 'The demo AWS account ends');
  process.exitCode = error instanceof EnvError ? 2 : 1;
});

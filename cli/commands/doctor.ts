import { Command } from 'commander';
import { type Env, EnvError, parseEnv } from '../../core/config/env.ts';
import { connect, type Database } from '../../db/connect.ts';
import { checkBackups } from '../doctor/checkBackups.ts';
import { checkClock, checkDatabase } from '../doctor/checkDatabase.ts';
import { checkDisk } from '../doctor/checkDisk.ts';
import { checkParts } from '../doctor/checkParts.ts';
import { checkStoredSecrets } from '../doctor/checkSecrets.ts';
import { checkTemporal } from '../doctor/checkTemporal.ts';
import { type Finding, not } from '../doctor/finding.ts';
import { findDatabaseUrl } from '../instance.ts';

const WAIT_MS = 10_000;

/** `costguard doctor`: looks at every part, and says of each that is not well what to do. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check every part of the installation, and say what to do about what is wrong')
    .option('--json', 'the findings as a JSON array', false)
    .addHelpText(
      'after',
      `
Reads the configuration as every command does, changes nothing, and asks providers for nothing.
Exit codes: 0 all is well (warnings are), 1 something is wrong, 2 wrong usage, 3 a part cannot be reached.`,
    )
    .action(run);
}

async function run({ json }: { json: boolean }): Promise<void> {
  const env = parseEnv(process.env);
  const findings = await examine(env);
  process.stdout.write(
    json ? `${JSON.stringify(findings)}\n` : findings.map((one) => `${toLine(one)}\n`).join(''),
  );
  const statuses = new Set(findings.map(({ status }) => status));
  if (statuses.has('away')) process.exitCode = 3;
  else if (statuses.has('failed')) process.exitCode = 1;
}

async function examine(env: Env): Promise<Finding[]> {
  const database = await openDatabase(env);
  const db = 'db' in database ? database.db : undefined;
  try {
    const schema = db === undefined ? [] : await attempt('database', () => checkDatabase(db));
    // What needs the schema is looked at only where it is that of this version.
    const isCurrent = schema.some(({ part, status }) => part === 'schema' && status === 'ok');
    const current = isCurrent ? db : undefined;
    const none: Promise<Finding[]> = Promise.resolve([]);
    const groups = await Promise.all([
      current === undefined
        ? none
        : attempt('stored secrets', () => checkStoredSecrets(current, env)),
      db === undefined ? none : attempt('clock', () => checkClock(db, Date.now)),
      attempt('Temporal', () => checkTemporal(env, current)),
      checkParts(env),
      attempt('disk', () => checkDisk(env)),
      attempt('backups', () => checkBackups(env, Date.now())),
    ]);
    return [...('db' in database ? schema : [database]), ...groups.flat()];
  } finally {
    if ('close' in database) await database.close();
  }
}

/** A check that breaks hides none of the others. */
async function attempt(
  part: string,
  check: () => Promise<Finding | Finding[]>,
): Promise<Finding[]> {
  try {
    return [await check()].flat();
  } catch (error) {
    if (error instanceof EnvError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return [
      not(
        'failed',
        part,
        `it could not be checked (${reason})`,
        'See the log of that part for the same time, and run this again.',
      ),
    ];
  }
}

/** An open database that answers, or what to say instead. */
async function openDatabase(
  env: Env,
): Promise<{ db: Database; close: () => Promise<void> } | Finding> {
  let url: string;
  try {
    url = findDatabaseUrl(env);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return not('away', 'database', 'there is none', error.message);
  }
  const options = { applicationName: 'costguard-doctor', statementTimeoutMs: WAIT_MS };
  const { close, db } = connect(url, { ...options, poolSizeMax: 4 });
  try {
    await db.selectNoFrom((eb) => eb.val(1).as('one')).execute();
    return { db, close };
  } catch (error) {
    await close();
    const { host } = new URL(url);
    const reason = error instanceof Error && error.message !== '' ? ` (${error.message})` : '';
    return not(
      'away',
      'database',
      `${host} lets nobody in${reason}`,
      'Start Postgres, or mend DATABASE_URL: host, port, name, login and password. Without it, "npm start" has to run.',
    );
  }
}

const LABELS = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ', away: 'AWAY   ' } as const;

const toLine = ({ part, said, status, todo }: Finding): string =>
  [
    `${LABELS[status]}  ${part}: ${said}`,
    ...(todo === undefined ? [] : [`         → ${todo}`]),
  ].join('\n');

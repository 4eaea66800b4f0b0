import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CostGuardError } from '../../core/errors.ts';

const KEPT_CHARS = 2_000;

/** pg_dump or pg_restore at work. */
export interface PgProcess {
  stdin: Writable;
  stdout: Readable;
  /** Resolves when it ended well. @throws CostGuardError `backup_failed`, with all that it said in the log only */
  ended: Promise<void>;
  kill: () => void;
}

/**
 * Starts it on the database. The password goes through a file of libpq's, readable by this user only: everybody may read
 * command lines.
 *
 * @see https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function startPgProcess(
  program: string,
  args: readonly string[],
  databaseUrl: string,
): PgProcess {
  const url = new URL(databaseUrl);
  const password = decodeURIComponent(url.password);
  const folder = mkdtempSync(path.join(tmpdir(), 'costguard-pg-'));
  const passfile = path.join(folder, 'pass');
  writeFileSync(passfile, `*:*:*:*:${password.replace(/[\\:]/g, '\\$&')}\n`, { mode: 0o600 });
  url.password = '';
  url.searchParams.set('passfile', passfile);
  url.searchParams.set('application_name', 'costguard-backup');
  const child = spawn(program, [...args, `--dbname=${url.href}`, '--no-password'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A program that ends early closes its input; why, its exit says.
  child.stdin.on('error', () => undefined);
  const ended = endOf(child, path.basename(program)).finally(() =>
    rmSync(folder, { recursive: true, force: true }),
  );
  ended.catch(() => undefined);
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    kill: () => child.kill('SIGKILL'),
  };
}

function endOf(child: ChildProcess, name: string): Promise<void> {
  let said = '';
  child.stderr?.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-KEPT_CHARS)));
  return new Promise((resolve, reject) => {
    const fail = (how: string, cause?: Error) => {
      const detail = `${name} ${how}${said === '' ? '' : `: ${firstError(said)}`}.`;
      reject(new CostGuardError('backup_failed', detail, { cause, internal: { said } }));
    };
    child.once('error', (error) => fail('could not be started', error));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else fail(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
    });
  });
}

/** The message alone: Postgres' DETAIL lines may show rows. */
function firstError(said: string): string {
  const lines = said.trim().split('\n');
  const line = lines.find((text) => text.includes('error:')) ?? lines[0] ?? '';
  return line.replace(/^\S+: error: /, '').replace(/\.$/, '');
}

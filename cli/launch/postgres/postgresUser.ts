import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** How to run a program as an ordinary user: who, and what stands before its command. */
export interface PostgresUser {
  /** Undefined when CostGuard itself runs as an ordinary user. */
  ids: { uid: number; gid: number } | undefined;
  /** Puts what is needed before a command; returns the command and its arguments. */
  wrap: (command: string, args: readonly string[]) => { command: string; args: string[] };
}

/**
 * Postgres refuses to run as root, so root runs it as the system user `postgres`, created where there is none. Where that
 * user cannot enter one of `paths` (a clone under root's own home), it gets the one capability to look past folder
 * permissions, by util-linux's `setpriv`; nothing in the file system is changed.
 *
 * @throws Error saying what to do when neither is possible
 */
export function postgresUser(paths: readonly string[]): PostgresUser {
  if (process.getuid?.() !== 0) {
    return { ids: undefined, wrap: (command, args) => ({ command, args: [...args] }) };
  }
  const ids = findIds() ?? createUser();
  const barred = paths.find((path) => !canEnter(dirname(path), ids));
  if (barred === undefined) {
    return { ids, wrap: (command, args) => ({ command, args: [...args] }) };
  }
  requireSetpriv(barred);
  const caps = '+dac_read_search,+dac_override';
  const given = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--clear-groups'];
  const privileges = [`--inh-caps=${caps}`, `--ambient-caps=${caps}`];
  return {
    ids: undefined,
    wrap: (command, args) => ({
      command: 'setpriv',
      args: [...given, ...privileges, '--', command, ...args],
    }),
  };
}

/** The ids of the user `postgres`, for handing folders over; undefined when CostGuard runs as an ordinary user. */
export function postgresOwner(): { uid: number; gid: number } | undefined {
  return process.getuid?.() === 0 ? findIds() : undefined;
}

function findIds(): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function createUser(): { uid: number; gid: number } {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
      stdio: 'pipe',
    });
  } catch (error) {
    throw new Error(
      'Postgres does not run as root and the user "postgres" could not be created. Run npm start as an ordinary user, or set DATABASE_URL.',
      { cause: error },
    );
  }
  const ids = findIds();
  if (ids === undefined) throw new TypeError('useradd made no user.');
  return ids;
}

function canEnter(folder: string, ids: { uid: number; gid: number }): boolean {
  const { mode, uid, gid } = statSync(folder);
  const bit = uid === ids.uid ? 0o100 : gid === ids.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || canEnter(parent, ids);
}

function requireSetpriv(barred: string): void {
  try {
    execFileSync('setpriv', ['--version'], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(
      `Postgres does not run as root and its user "postgres" cannot enter ${dirname(barred)}. Move the project or COSTGUARD_HOME to a folder others may enter, run npm start as an ordinary user, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

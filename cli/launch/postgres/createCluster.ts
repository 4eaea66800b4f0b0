import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { runCommand } from '../runCommand.ts';
import { postgresBinaries } from './postgresBinaries.ts';
import { postgresOwner, postgresUser } from './postgresUser.ts';

/**
 * Makes a Postgres cluster in `dataDir` with the superuser `postgres`, unless there is one. It is made beside its place
 * and moved there when complete, so that a stop halfway leaves nothing that looks like a cluster.
 */
export async function createCluster(dataDir: string, superuserPassword: string): Promise<void> {
  if (existsSync(dataDir)) return;
  const unfinished = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  const { initdb } = postgresBinaries();
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const user = postgresUser([unfinished, initdb]);
  const owner = postgresOwner();
  writeFileSync(passwordFile, `${superuserPassword}\n`, { mode: 0o600 });
  if (owner !== undefined) {
    chownSync(unfinished, owner.uid, owner.gid);
    chownSync(passwordFile, owner.uid, owner.gid);
  }
  const encoding = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    await runCommand({
      ...user.wrap(initdb, [`--pgdata=${unfinished}`, ...access, ...encoding, '--no-instructions']),
      ...user.ids,
      timeoutMs: 60_000,
    });
    renameSync(unfinished, dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../../../cli/launch/runCommand.ts';
import { userCacheDir } from '../../../cli/launch/userCacheDir.ts';
import { takeTurns } from './takeTurns.ts';

/**
 * Returns etcd: the one on PATH, else that of Debian's package `etcd-server`, unpacked into the cache so that nothing is
 * installed and no service starts.
 *
 * @throws Error saying what to install where there is neither
 */
export async function ensureEtcd(): Promise<string> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'etcd'));
  const found = onPath.find((file) => existsSync(file));
  if (found !== undefined) return found;
  const folder = join(userCacheDir(), `etcd-${process.arch}`);
  const program = join(folder, 'usr', 'bin', 'etcd');
  mkdirSync(userCacheDir(), { recursive: true });
  return takeTurns(`${folder}.lock`, async () => {
    if (!existsSync(program)) await unpack(folder);
    return program;
  });
}

async function unpack(folder: string): Promise<void> {
  const work = mkdtempSync(`${folder}-`);
  const run = (command: string, ...args: string[]) =>
    runCommand({ command, args, cwd: work, timeoutMs: 120_000 });
  try {
    await run('apt-get', 'download', 'etcd-server').catch(async () => {
      // The lists of packages are missing or old; only root may read them anew.
      await run('apt-get', 'update');
      return run('apt-get', 'download', 'etcd-server');
    });
    const [file = ''] = readdirSync(work).filter((name) => name.endsWith('.deb'));
    await run('dpkg-deb', '--extract', file, 'out');
    renameSync(join(work, 'out'), folder);
  } catch (cause) {
    throw new Error(
      'The tests of the chart need etcd: install it (Debian: "apt-get install etcd-server"; https://etcd.io/docs/latest/install).',
      { cause },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

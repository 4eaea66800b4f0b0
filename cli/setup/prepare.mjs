import { spawn } from 'node:child_process';
import { build, findStale } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { at } from './paths.mjs';
import { say } from './say.mjs';
import { canDownloadTemporal, findTemporal } from './temporalBinary.mjs';
import { withLock } from './withLock.mjs';

/**
 * Makes sure that the packages are installed and the named parts (`code`, `bundles`, `ui`) are built from the sources as
 * they are. Takes 0.1 s when nothing changed. Two commands at once wait for each other.
 */
export async function prepare(parts) {
  if (isInstalled() && findStale(parts).length === 0) return;
  const onWait = (pid) => say(`waiting for process ${pid}, which is installing or building …`);
  await withLock(
    at('.cache', 'setup.lock'),
    async () => {
      if (!isInstalled()) await install();
      const stale = findStale(parts);
      if (stale.length > 0) await build(stale);
    },
    { onWait },
  );
}

/**
 * Begins the one slow step of a first start, building the Temporal server, beside everything else. Whoever needs the
 * server waits for the same build, and tells its errors.
 */
export async function beginTemporal() {
  if (findTemporal() !== undefined || (await canDownloadTemporal())) return;
  const child = spawn(process.execPath, [at('cli', 'setup', 'buildTemporal.mjs')], {
    stdio: 'ignore',
  });
  process.once('exit', () => child.kill());
  child.once('error', () => undefined);
  child.unref();
}

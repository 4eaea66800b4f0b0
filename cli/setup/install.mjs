import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { contentHash } from './contentHash.mjs';
import { at } from './paths.mjs';
import { mustRun, npm } from './runProcess.mjs';
import { say } from './say.mjs';

const stamp = at('node_modules', '.costguard-installed');

/** Whether `node_modules` is what `package-lock.json` says. */
export function isInstalled() {
  // npm writes this file at the end of each install.
  const npmsOwn = at('node_modules', '.package-lock.json');
  if (!existsSync(npmsOwn)) return false;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash()) return true;
  // Installed by hand after the lock file changed: that counts too.
  return statSync(npmsOwn).mtimeMs >= statSync(at('package-lock.json')).mtimeMs;
}

/** Installs the packages exactly as locked. */
export async function install() {
  say('installing packages (npm ci) …');
  const [command, args] = npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
  await mustRun('npm ci', command, args, { isQuiet: true });
  writeFileSync(stamp, lockHash());
}

const lockHash = () => contentHash(['package-lock.json']);

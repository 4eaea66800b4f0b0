import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Arguments under which Chromium runs headless as root and asks nothing of the internet. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Returns the path of a Chromium: `CHROMIUM_PATH`, one on PATH, Playwright's own; where there is none, installs Debian's
 * package (as root, about 25 s) or Playwright's download.
 *
 * @throws Error saying what to install when that fails
 */
export async function findChromium(): Promise<string> {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') {
    if (existsSync(given)) return given;
    throw new Error(`CHROMIUM_PATH names ${given}, and there is no such file.`);
  }
  const found = findInstalled();
  if (found !== undefined) return found;
  await install();
  const installed = findInstalled();
  if (installed !== undefined) return installed;
  throw new Error('No Chromium was found. Install it, or set CHROMIUM_PATH to one.');
}

function findInstalled(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, MAC, chromium.executablePath()].find((path) => existsSync(path));
}

async function install(): Promise<void> {
  process.stderr.write('Chromium for the browser tests is missing; installing it\n');
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args: string[]) =>
      runCommand({ command: 'apt-get', args, env, timeoutMs: 300_000 });
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', 'chromium');
    return;
  }
  const cli = join(projectRoot, 'node_modules', 'playwright-core', 'cli.js');
  const args = [cli, 'install', 'chromium'];
  await runCommand({ command: process.execPath, args, timeoutMs: 300_000 });
}

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { withLock } from './withLock.mjs';

const root = join(import.meta.dirname, '..', '..');
const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'costguard');
const DOWNLOAD_HOST =
  'https://temporal.download/cli/default?arch=amd64&platform=linux&format=tar.gz';

/** Where the Temporal SDK keeps what it downloads for us. */
export const downloadDir = join(cacheDir, 'temporal-download');

/** Where the server built from `tools/go.mod` is or will be: the same for every clone of this version. */
export function builtTemporal() {
  const goMod = readFileSync(join(root, 'tools', 'go.mod'), 'utf8');
  const version = /github\.com\/temporalio\/cli v([\w.-]+)/.exec(goMod)?.[1] ?? 'unknown';
  return join(cacheDir, `temporal-${version}-${process.platform}-${process.arch}`);
}

/** A Temporal server that needs no download and no build: on PATH, downloaded or built before. Else undefined. */
export function findTemporal() {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, 'temporal'));
  const candidates = [...onPath, downloadedTemporal(), builtTemporal()];
  return candidates.find((file) => file !== undefined && existsSync(file));
}

/** What the SDK downloaded before, or undefined. */
export function downloadedTemporal() {
  const names = existsSync(downloadDir) ? readdirSync(downloadDir) : [];
  const name = names.find((file) => file.startsWith('temporal') && !file.includes('download'));
  return name === undefined ? undefined : join(downloadDir, name);
}

/** Whether the SDK's download server answers from here; false within 3 seconds where there is no internet. */
export async function canDownloadTemporal() {
  try {
    const signal = AbortSignal.timeout(3000);
    const answer = await fetch(DOWNLOAD_HOST, { signal, redirect: 'manual' });
    await answer.body?.cancel();
    return answer.status < 400;
  } catch {
    return false;
  }
}

/**
 * Builds the server from `tools/go.mod` into the cache, once for all clones; waits when another process is building it.
 * About 3 minutes on 2 cores.
 *
 * @returns {Promise<string>} the program
 */
export async function buildTemporal() {
  const target = builtTemporal();
  mkdirSync(cacheDir, { recursive: true });
  return withLock(`${target}.lock`, async () => {
    if (existsSync(target)) return target;
    const unfinished = `${target}.unfinished`;
    try {
      await goBuild(unfinished);
      renameSync(unfinished, target);
    } finally {
      rmSync(unfinished, { force: true });
    }
    return target;
  });
}

function goBuild(output) {
  const flags = ['-trimpath', '-ldflags', '-s -w', '-o', output];
  const child = spawn('go', ['build', ...flags, 'github.com/temporalio/cli/cmd/temporal'], {
    cwd: join(root, 'tools'),
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
  const kill = () => child.kill('SIGTERM');
  process.once('exit', kill);
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error(NO_GO)));
    child.once('close', (code) => {
      process.removeListener('exit', kill);
      if (code === 0) resolve();
      else reject(new Error(`The Temporal server could not be built:\n${said.trim()}`));
    });
  });
}

const NO_GO =
  'No Temporal server was found and it cannot be built because Go is missing. Do one of: install the Temporal CLI (https://docs.temporal.io/cli, "brew install temporal"); install Go 1.26 (https://go.dev/dl) and start again; set TEMPORAL_ADDRESS=HOST:PORT to a server of yours.';

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { projectRoot } from '../projectRoot.ts';
import { runCommand } from '../runCommand.ts';

const SETUP = join(projectRoot, 'cli', 'setup');
const DOWNLOAD_TIMEOUT_MS = 90_000;
const BUILD_TIMEOUT_MS = 20 * 60_000;

/** What is going on while a Temporal server is being got; `found` follows all others. */
export type TemporalProgress = 'found' | 'downloading it' | 'building it from source';

/**
 * Returns the path of a Temporal server program: on PATH, got before, downloaded by the SDK (given up quickly where there
 * is no internet), or built from `tools/go.mod`.
 *
 * @throws Error saying what to install when none of these works
 */
export async function ensureTemporal(
  onProgress: (progress: TemporalProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<string> {
  const setup = await loadSetup();
  const run = (script: string, timeoutMs: number) => runScript(script, timeoutMs, signal);
  const program =
    setup.findTemporal() ??
    (await download(setup, run, onProgress)) ??
    (await build(run, onProgress));
  onProgress('found');
  return program;
}

async function download(
  setup: Setup,
  run: RunScript,
  onProgress: (progress: TemporalProgress) => void,
): Promise<string | undefined> {
  if (!(await setup.canDownloadTemporal())) return undefined;
  onProgress('downloading it');
  try {
    const path = await run('downloadTemporal.mjs', DOWNLOAD_TIMEOUT_MS);
    return path === '' ? undefined : path;
  } catch {
    // A download that fails is no reason to stop: the server can be built.
    return undefined;
  }
}

function build(run: RunScript, onProgress: (progress: TemporalProgress) => void): Promise<string> {
  onProgress('building it from source');
  return run('buildTemporal.mjs', BUILD_TIMEOUT_MS);
}

type RunScript = (script: string, timeoutMs: number) => Promise<string>;

async function runScript(script: string, timeoutMs: number, signal?: AbortSignal): Promise<string> {
  const args = [join(SETUP, script)];
  const stop = signal === undefined ? {} : { signal };
  return (await runCommand({ command: process.execPath, args, timeoutMs, ...stop })).trim();
}

/** `temporalBinary.mjs` is plain JavaScript, because the very first start needs it before anything is compiled. */
interface Setup {
  findTemporal: () => string | undefined;
  canDownloadTemporal: () => Promise<boolean>;
}

async function loadSetup(): Promise<Setup> {
  const loaded: unknown = await import(pathToFileURL(join(SETUP, 'temporalBinary.mjs')).href);
  return z
    .object({
      findTemporal: z.custom<Setup['findTemporal']>((value) => typeof value === 'function'),
      canDownloadTemporal: z.custom<Setup['canDownloadTemporal']>(
        (value) => typeof value === 'function',
      ),
    })
    .parse(loaded);
}

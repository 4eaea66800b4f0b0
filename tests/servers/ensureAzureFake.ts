import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { userCacheDir } from '../../cli/launch/userCacheDir.ts';

const SOURCES = join(projectRoot, 'tools', 'azure-fake');
const BUILD_TIMEOUT_MS = 10 * 60_000;

/**
 * Returns the program of `tools/azure-fake`, Microsoft's generated fakes of Azure. Built once for each state of its sources
 * and kept for all clones; about a minute on 2 cores, with Go and its module proxy.
 *
 * @throws Error saying what to install where there is no Go
 */
export async function ensureAzureFake(): Promise<string> {
  const program = join(userCacheDir(), `azure-fake-${sourcesKey()}`);
  if (existsSync(program)) return program;
  mkdirSync(dirname(program), { recursive: true });
  // Two test runs may build at the same time; whoever is last puts the same program in place.
  const unfinished = `${program}.${process.pid}`;
  try {
    await runCommand({
      command: 'go',
      args: ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, '.'],
      cwd: SOURCES,
      env: { ...process.env, CGO_ENABLED: '0' },
      timeoutMs: BUILD_TIMEOUT_MS,
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new Error('The tests of azure-cost need Go 1.26 (https://go.dev/dl): go was not found.', {
      cause: error,
    });
  }
  renameSync(unfinished, program);
  return program;
}

function sourcesKey(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(SOURCES).sort()) hash.update(readFileSync(join(SOURCES, name)));
  return `${hash.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
}

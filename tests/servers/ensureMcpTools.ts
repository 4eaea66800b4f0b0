import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { userCacheDir } from '../../cli/launch/userCacheDir.ts';

const source = join(projectRoot, 'tools', 'mcp-conformance');

/**
 * Installs the official MCP conformance suite and inspector as `tools/mcp-conformance` pins them, once for each pin, and
 * returns the folder; some 20 s and 330 MB the first time.
 *
 * @throws Error with npm's last words
 */
export async function ensureMcpTools(): Promise<string> {
  const lock = readFileSync(join(source, 'package-lock.json'));
  const key = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  const folder = join(userCacheDir(), `mcp-conformance-${key}`);
  const mark = join(folder, 'ready');
  if (existsSync(mark)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(source, folder, { recursive: true });
  await runCommand({
    command: 'npm',
    // No package's own script is needed, so none runs.
    args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    cwd: folder,
    timeoutMs: 300_000,
  });
  writeFileSync(mark, '');
  return folder;
}

import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

const run = promisify(execFile);
const QUEUES = ['detective', 'actions', 'llm'];

/**
 * The product as it was at the last release, ready to run: its sources from the archive beside this file, built once with
 * today's packages and kept outside of version control. At each release the archive is made anew:
 *
 *     git archive --format=tar RELEASE api workflows activities workers mcp-servers db core cli package.json \
 *       tsconfig.json tsconfig.build.json tools/go.mod | tar --delete --wildcards '*.test.ts' -f - | gzip -9n
 *
 * @returns its root
 */
export async function unpackRelease(name: string): Promise<string> {
  const archive = join(dirname(fileURLToPath(import.meta.url)), `${name}.tar.gz`);
  const key = createHash('sha256').update(readFileSync(archive));
  // Other packages may need another build.
  key.update(readFileSync(join(projectRoot, 'package-lock.json')));
  const root = join(projectRoot, '.cache/releases', `${name}-${key.digest('hex').slice(0, 12)}`);
  if (existsSync(join(root, 'built'))) return root;
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  await run('tar', ['-xzf', archive, '-C', root]);
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');
  // Types were checked when it was released, and with other packages than today's.
  const args = ['-p', 'tsconfig.build.json', '--noCheck', '--incremental', 'false'];
  await run(process.execPath, [tsc, ...args], { cwd: root });
  await run(process.execPath, ['dist/workers/bundleWorkflows.js', ...QUEUES], { cwd: root });
  writeFileSync(join(root, 'built'), '');
  return root;
}

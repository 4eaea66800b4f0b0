import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The Python of a virtual environment in `cache`, made once, outside of git, with the packages (`name==version`) in it. */
export function preparePython(cache: string, packages: readonly string[]): string {
  const run = (file: string, ...args: string[]) =>
    execFileSync(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const file = join(cache, 'venv', 'bin', 'python');
  mkdirSync(cache, { recursive: true });
  if (!existsSync(file)) run('python3', '-m', 'venv', join(cache, 'venv'));
  // pip leaves alone what is there already.
  run(file, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages);
  return file;
}

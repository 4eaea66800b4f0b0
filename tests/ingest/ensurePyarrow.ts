import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findPython } from '../../cli/launch/moto/findPython.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { userCacheDir } from '../../cli/launch/userCacheDir.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');

/** The Python of a virtual environment with Apache Arrow, made once outside of git; about 20 s the first time. */
export async function ensurePyarrow(): Promise<string> {
  const pin = readFileSync(requirements, 'utf8').trim().replace('==', '-');
  const folder = join(userCacheDir(), pin);
  const program = join(folder, 'bin', 'python');
  const mark = join(folder, 'ready');
  if (existsSync(mark)) return program;
  const python = await findPython();
  if (python === undefined) throw new Error('Python 3.10 or later was not found.');
  mkdirSync(dirname(folder), { recursive: true });
  await runCommand({ command: python, args: ['-m', 'venv', folder], timeoutMs: 60_000 });
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirements,
  ];
  await runCommand({ command: program, args: pip, timeoutMs: 300_000 });
  writeFileSync(mark, '');
  return program;
}

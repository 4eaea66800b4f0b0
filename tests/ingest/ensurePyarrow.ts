import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeVenv } from '../../cli/launch/python/makeVenv.ts';
import { userCacheDir } from '../../cli/launch/userCacheDir.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');

/** The Python of a virtual environment with Apache Arrow, made once outside of git; about 20 s the first time. */
export async function ensurePyarrow(): Promise<string> {
  const pin = readFileSync(requirements, 'utf8').trim().replace('==', '-');
  const folder = join(userCacheDir(), pin);
  const mark = join(folder, 'ready');
  if (!existsSync(mark)) {
    await makeVenv(folder, requirements);
    writeFileSync(mark, '');
  }
  return join(folder, 'bin', 'python');
}

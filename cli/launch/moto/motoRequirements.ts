import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../projectRoot.ts';

/** The file with moto and everything it needs, each pinned to one version. */
export const requirementsFile: string = join(projectRoot, 'tools', 'moto-requirements.txt');

/** Changes when a pinned version changes; 12 hexadecimal digits. */
export function requirementsKey(file = requirementsFile): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
}

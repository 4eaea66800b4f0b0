import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Env } from '../../core/config/env.ts';
import { type Finding, not, ok } from './finding.ts';

const GIB = 1_073_741_824;
const FREE_GIB_MIN = 1;
const FREE_SHARE_MIN = 0.1;

/** Room where this machine keeps data of CostGuard: its home, with the embedded database, and a folder of backups. */
export async function checkDisk(env: Env): Promise<Finding[]> {
  const location = env.BACKUP_LOCATION;
  const isFolder = location !== undefined && !/^[a-z0-9]+:\/\//.test(location);
  const folders = [
    ['disk', env.COSTGUARD_HOME],
    ...(isFolder ? [['disk of backups', location]] : []),
  ] as [string, string][];
  return Promise.all(folders.map(([part, folder]) => check(part, path.resolve(folder))));
}

async function check(part: string, folder: string): Promise<Finding> {
  // A folder that nothing has been written to yet will be made in one that is there.
  let place = folder;
  while (!existsSync(place)) place = path.dirname(place);
  const { bavail, blocks, bsize } = await statfs(place);
  const [free, share] = [(bavail * bsize) / GIB, bavail / blocks];
  const said = `${free.toFixed(1)} GiB (${Math.round(share * 100)} %) free at ${place}`;
  if (free >= FREE_GIB_MIN && share >= FREE_SHARE_MIN) return ok(part, said);
  return not(
    free < FREE_GIB_MIN ? 'failed' : 'warning',
    part,
    said,
    'Make room or enlarge it: a database without room stops. Old backups are removed by BACKUP_KEEP_LAST, _DAILY and _WEEKLY.',
  );
}

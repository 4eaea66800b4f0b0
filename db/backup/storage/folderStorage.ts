import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CostGuardError } from '../../../core/errors.ts';
import type { BackupStorage } from './backupStorage.ts';

/** Backups in a folder, which is made when the first one is stored; files are readable by their owner only. */
export function createFolderStorage(folder: string): BackupStorage {
  const at = (name: string) => path.join(folder, name);
  return {
    place: folder,
    put: (name, content) => refusing(folder, () => write(at(name), content)),
    get: async (name) => {
      const handle = await open(at(name)).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT')
          throw new CostGuardError(
            'backup_not_found',
            `There is no ${name} in ${folder}; "costguard backup --list" says what there is.`,
          );
        throw refused(folder, error);
      });
      return createReadStream(at(name), { fd: handle });
    },
    list: () =>
      refusing(folder, () =>
        readdir(folder).catch((error: unknown) => {
          if (codeOf(error) === 'ENOENT') return [];
          throw error;
        }),
      ),
    remove: (name) => refusing(folder, () => rm(at(name), { force: true })),
  };
}

/** Beside its place until it is whole and on the disk. */
async function write(file: string, content: Readable): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}.partial`;
  try {
    await pipeline(content, createWriteStream(draft, { mode: 0o600, flush: true }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function refusing<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    // What the stream itself failed with is not the folder's fault.
    throw SYSTEM.test(codeOf(error)) ? refused(folder, error) : error;
  }
}

const SYSTEM = /^E[A-Z]+$/;

function refused(folder: string, cause: unknown): CostGuardError {
  return new CostGuardError(
    'backup_storage_refused',
    `The folder of backups ${folder} cannot be used (${codeOf(cause)}). Give this user the right to read and write it, or set BACKUP_LOCATION to another place with room.`,
    { cause },
  );
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

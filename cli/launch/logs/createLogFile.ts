import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Appends whole lines to a file. */
export interface LogFile {
  write: (line: string) => void;
  close: () => void;
}

/**
 * Opens `<folder>/<name>.log` for appending. When it is over `bytesMax` (default 10 MB) it becomes `<name>.log.1`, replacing
 * the one before, and a new one begins: a process never takes more than twice that.
 */
export function createLogFile(folder: string, name: string, bytesMax = 10_000_000): LogFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.log`);
  const open = () => openSync(path, 'a', 0o600);
  let file = open();
  let bytes = fstatSync(file).size;
  return {
    write: (line) => {
      bytes += writeSync(file, `${line}\n`);
      if (bytes <= bytesMax) return;
      closeSync(file);
      renameSync(path, `${path}.1`);
      file = open();
      bytes = 0;
    },
    close: () => closeSync(file),
  };
}

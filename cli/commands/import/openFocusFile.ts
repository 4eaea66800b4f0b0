import { open } from 'node:fs/promises';
import { CostGuardError } from '../../../core/errors.ts';
import type { FocusSource } from './focusSource.ts';
import { openCsv } from './openCsv.ts';
import { openParquet } from './openParquet.ts';

/**
 * Opens a FOCUS file; whether it is CSV, gzip or Parquet is seen from its first bytes, not from its name.
 *
 * @throws CostGuardError `invalid_request` for any other kind of file; the file system's error where it cannot be opened
 */
export async function openFocusFile(path: string): Promise<FocusSource> {
  const first = await readFirstBytes(path);
  if (first.subarray(0, 4).toString('latin1') === 'PAR1') return openParquet(path);
  if (first[0] === 0x1f && first[1] === 0x8b) return openCsv(path, { isGzip: true });
  if (first[0] === 0x50 && first[1] === 0x4b) throw notRead('is a zip archive; unpack it first');
  if ((first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff)) {
    throw notRead('is written in UTF-16; save it as UTF-8');
  }
  return openCsv(path, { isGzip: false });
}

async function readFirstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function notRead(why: string): CostGuardError {
  return new CostGuardError('invalid_request', `The file ${why}. Nothing was stored.`);
}

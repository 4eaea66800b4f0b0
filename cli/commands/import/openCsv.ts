import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CostGuardError } from '../../../core/errors.ts';
import { createCsvParser } from '../../../core/focus/parseCsv.ts';
import type { FocusSource, OnSourceRow } from './focusSource.ts';

const PIECE_BYTES = 98_304;
const LINE_BREAK = 10;
const PIECE_BYTES_MAX = 64_000_000;

/** Opens a CSV file, gzip or not, and reads its header. @throws CostGuardError `invalid_request` where it has none */
export async function openCsv(path: string, { isGzip }: { isGzip: boolean }): Promise<FocusSource> {
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES });
  const readSome = createReader(linePieces(isGzip ? unzip(file) : file));
  let names: string[] | undefined;
  const waiting: Parameters<OnSourceRow>[] = [];
  const takeFirst: OnSourceRow = (line, cells, known) => {
    if (names === undefined) names = cells.map((name) => name.trim());
    else waiting.push([line, [...cells], known]);
  };
  while (names === undefined && (await readSome(takeFirst)));
  if (names === undefined) throw unreadable('is empty');
  return {
    names,
    unit: 'line',
    notices: [],
    readSome: async (onRow) => {
      if (waiting.length === 0) return readSome(onRow);
      for (const row of waiting.splice(0)) onRow(...row);
      return true;
    },
    close: () => {
      file.destroy();
      return Promise.resolve();
    },
  };
}

function unzip(file: Readable): Readable {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  // An error of either ends the other, and reaches whoever reads.
  return pipeline(file, gunzip, () => undefined);
}

function createReader(pieces: AsyncGenerator<Buffer>): FocusSource['readSome'] {
  let take: OnSourceRow = () => undefined;
  let isGarbled = false;
  const parser = createCsvParser((line, cells, isPlain) =>
    take(line, cells, { isPlain, isGarbled }),
  );
  let isFirst = true;
  return async (onRow) => {
    take = onRow;
    const piece = await pieces.next();
    if (piece.done === true) {
      parser.end();
      return false;
    }
    isGarbled = !isUtf8(piece.value);
    let text = piece.value.toString('utf8');
    if (isFirst && text.startsWith('\ufeff')) text = text.slice(1);
    isFirst = false;
    parser.push(text);
    return true;
  };
}

/** The bytes in pieces that end with a line, so that no character is cut in two. */
async function* linePieces(bytes: Readable): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(LINE_BREAK) + 1;
      if (end > 0) {
        yield Buffer.concat([...parts, chunk.subarray(0, end)]);
        parts = [];
        length = 0;
      }
      parts.push(chunk.subarray(end));
      length += chunk.length - end;
      if (length > PIECE_BYTES_MAX) throw unreadable('has a line of more than 64 MB');
    }
  } catch (error) {
    throw isZlibError(error) ? unreadable('is a gzip file that is damaged or cut off') : error;
  }
  yield Buffer.concat(parts);
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function unreadable(why: string): CostGuardError {
  return new CostGuardError('invalid_request', `The file ${why}. Get it anew; nothing was stored.`);
}

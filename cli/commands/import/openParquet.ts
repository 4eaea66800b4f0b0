import { type FileHandle, open } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { CostGuardError } from '../../../core/errors.ts';
import { FOCUS_COLUMNS } from '../../../core/focus/focusColumns.ts';
import type { FocusSource } from './focusSource.ts';
import { columnText, PARQUET_PARSERS, type RawColumn } from './parquetText.ts';

// A row group may hold a million rows: it is read in slices, which pass over the pages that they do not need. The pages of
// nested columns (tags as a map) cannot be passed over, so their slices are longer.
const SLICE_ROWS = 8_192;
const NESTED_SLICE_ROWS = 32_768;

// The package's LZ4 stumbles over an empty block, such as the dictionary of a column without values.
const decompress: Compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, length: number) =>
      length === 0 ? new Uint8Array() : unpack(input, length),
  ]),
);

/** Opens a Parquet file. @throws CostGuardError `invalid_request` where it is damaged or cut off */
export async function openParquet(path: string): Promise<FocusSource> {
  const handle = await open(path);
  const file: AsyncBuffer = {
    byteLength: (await handle.stat()).size,
    slice: (start, end) => readBytes(handle, start, end),
  };
  const metadata = await orDamaged(parquetMetadataAsync(file, { geoparquet: false })).catch(
    async (error: unknown) => {
      await handle.close();
      throw error;
    },
  );
  const columns = focusColumnsOf(metadata);
  const binary = columns.filter(({ isBinary }) => isBinary).map(({ name }) => name);
  return {
    names: topLevel(metadata).map(({ name }) => name),
    unit: 'row',
    notices:
      binary.length === 0
        ? []
        : [
            `${binary.join(', ')}: stored as binary floating point in the file; each value is taken by its shortest decimal form.`,
          ],
    readSome: createReader(file, metadata, columns),
    close: () => handle.close(),
  };
}

async function readBytes(file: FileHandle, start: number, end?: number): Promise<ArrayBuffer> {
  const length = (end ?? (await file.stat()).size) - start;
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, start);
  if (bytesRead < length) throw new RangeError('The file ends before its pages do.');
  return bytes.buffer;
}

/** The columns of the root; what is nested in them is theirs. */
function topLevel({ schema }: FileMetaData): SchemaElement[] {
  const found: SchemaElement[] = [];
  let at = 1;
  const pass = (): SchemaElement | undefined => {
    const element = schema[at];
    at += 1;
    for (let i = 0; i < (element?.num_children ?? 0); i += 1) pass();
    return element;
  };
  while (at < schema.length) {
    const element = pass();
    if (element !== undefined) found.push(element);
  }
  return found;
}

function focusColumnsOf(metadata: FileMetaData): RawColumn[] {
  const known = new Set(FOCUS_COLUMNS.map(({ name }) => name));
  return topLevel(metadata).flatMap((element, at) =>
    known.has(element.name) ? [columnText(element, at)] : [],
  );
}

function createReader(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly RawColumn[],
): FocusSource['readSome'] {
  const cells = topLevel(metadata).map(() => '');
  const slices = listSlices(metadata, columns);
  return async (onRow) => {
    const slice = slices.next();
    if (slice.done === true) return false;
    const [rowStart, rowEnd] = slice.value;
    const rows = await orDamaged(readValues(file, metadata, columns, rowStart, rowEnd));
    for (const [i, row] of rows.entries()) {
      for (const [j, { at, toText }] of columns.entries()) cells[at] = toText(row[j]);
      onRow(rowStart + i + 1, cells, { isPlain: false, isGarbled: false });
    }
    return true;
  };
}

function* listSlices(
  { row_groups: groups }: FileMetaData,
  columns: readonly RawColumn[],
): Generator<[number, number], undefined> {
  const sliceRows = columns.some(({ isNested }) => isNested) ? NESTED_SLICE_ROWS : SLICE_ROWS;
  let groupStart = 0;
  for (const group of groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    for (let start = groupStart; start < groupEnd; start += sliceRows) {
      yield [start, Math.min(start + sliceRows, groupEnd)];
    }
    groupStart = groupEnd;
  }
}

async function readValues(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly RawColumn[],
  rowStart: number,
  rowEnd: number,
): Promise<unknown[][]> {
  let values: unknown[][] = [];
  await parquetRead({
    file,
    metadata,
    compressors: decompress,
    parsers: PARQUET_PARSERS,
    utf8: false,
    columns: columns.map(({ name }) => name),
    rowStart,
    rowEnd,
    onComplete: (rows) => {
      values = rows as unknown[][];
    },
  });
  return values;
}

async function orDamaged<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new CostGuardError(
      'invalid_request',
      'The file cannot be read as Parquet: it is damaged or cut off. Get it anew; nothing was stored.',
      { cause: error },
    );
  }
}

import { Readable } from 'node:stream';
import { to as copyTo } from 'pg-copy-streams';
import type { ClientPool } from '../../../connect.ts';
import { encodeParquet } from './encodeParquet.ts';
import { type FocusFilter, focusSelect } from './focusSelect.ts';

/** The formats that are written. */
export type FocusFormat = 'csv' | 'parquet';

/**
 * The charges as a FOCUS 1.2 file, streamed: memory does not grow with it. It is one snapshot of the database, whatever is
 * stored meanwhile. CSV comes from Postgres' own COPY. A stream that is destroyed early ends its query.
 *
 * The first piece is read before the stream is given out, so what is wrong from the start is thrown and not streamed.
 *
 * @throws CostGuardError `unsupported` where Parquet's decimals are too small for the amounts; the database's errors
 */
export async function streamFocusExport(
  pool: ClientPool,
  filter: FocusFilter,
  format: FocusFormat,
): Promise<Readable> {
  const pieces = readPieces(pool, filter, format);
  const first = await pieces.next();
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.done !== true) yield first.value;
    yield* pieces;
  }
  const stream = Readable.from(all(), { objectMode: false });
  // Also where nobody ever read from it.
  stream.once('close', () => void pieces.return(undefined));
  return stream;
}

async function* readPieces(
  pool: ClientPool,
  filter: FocusFilter,
  format: FocusFormat,
): AsyncGenerator<Uint8Array> {
  const client = await pool.connect();
  let isDone = false;
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query('set local statement_timeout = 0');
    await client.query('set local idle_in_transaction_session_timeout = 0');
    if (format === 'parquet') {
      yield* encodeParquet(client, filter);
    } else {
      const copy = copyTo(`copy (${focusSelect(filter)}) to stdout (format csv, header true)`);
      yield* client.query(copy) as AsyncIterable<Uint8Array>;
    }
    await client.query('commit');
    isDone = true;
  } finally {
    // A query that nobody reads any more is ended with its connection; the pool opens another.
    client.release(!isDone);
  }
}

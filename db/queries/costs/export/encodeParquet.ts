import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type pg from 'pg';
import { CostGuardError } from '../../../../core/errors.ts';
import { FOCUS_COLUMNS } from '../../../../core/focus/focusColumns.ts';
import { EXPORT_NAMES, focusDigitsSelect, type FocusFilter, focusSelect } from './focusSelect.ts';

const GROUP_ROWS = 10_000;
// What DECIMAL can hold; its scale is the same for a whole column, so it is measured first.
const DIGITS_MAX = 38;
const DECIMAL_BYTES = 16;

type Encode = (text: string) => unknown;

/** A column of the file. */
interface ParquetColumn {
  element: SchemaElement;
  encode: Encode;
}

/** The charges as Parquet, one row group after the other: amounts are DECIMAL and exact, times are UTC microseconds. */
export async function* encodeParquet(
  client: pg.PoolClient,
  filter: FocusFilter,
): AsyncGenerator<Uint8Array> {
  const columns = await planColumns(client, filter);
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: [
      { name: 'schema', num_children: columns.length },
      ...columns.map(({ element }) => element),
    ],
    createdBy: 'CostGuard AI',
  });
  const takeBytes = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  await client.query(`declare charges no scroll cursor for ${focusSelect(filter)}`);
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: `fetch ${GROUP_ROWS} from charges`,
      rowMode: 'array',
    });
    if (rows.length === 0) break;
    const columnData = columns.map(({ element: { name }, encode }, at) => ({
      name,
      data: rows.map((row) => {
        const text = row[at];
        return text == null ? undefined : encode(text);
      }),
    }));
    await parquet.write({ columnData, rowGroupSize: GROUP_ROWS });
    yield takeBytes();
  }
  await parquet.finish();
  yield takeBytes();
}

async function planColumns(client: pg.PoolClient, filter: FocusFilter): Promise<ParquetColumn[]> {
  const { rows } = await client.query<Record<string, number>>(focusDigitsSelect(filter));
  const digits = rows[0] ?? {};
  return EXPORT_NAMES.map((name) => {
    const kind = FOCUS_COLUMNS.find((column) => column.name === name)?.kind ?? 'text';
    if (kind === 'instant') return instantColumn(name);
    if (kind !== 'decimal') return textColumn(name);
    const scale = digits[`${name} after`] ?? 0;
    if ((digits[`${name} before`] ?? 0) + scale > DIGITS_MAX) throw tooLong(name);
    return decimalColumn(name, scale);
  });
}

function textColumn(name: string): ParquetColumn {
  return {
    element: {
      name,
      type: 'BYTE_ARRAY',
      converted_type: 'UTF8',
      logical_type: { type: 'STRING' },
      repetition_type: 'OPTIONAL',
    },
    encode: (text) => text,
  };
}

function instantColumn(name: string): ParquetColumn {
  return {
    element: {
      name,
      type: 'INT64',
      converted_type: 'TIMESTAMP_MICROS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      repetition_type: 'OPTIONAL',
    },
    encode: (text) => BigInt(Date.parse(text)) * 1000n,
  };
}

function decimalColumn(name: string, scale: number): ParquetColumn {
  return {
    element: {
      name,
      type: 'FIXED_LEN_BYTE_ARRAY',
      type_length: DECIMAL_BYTES,
      converted_type: 'DECIMAL',
      logical_type: { type: 'DECIMAL', scale, precision: DIGITS_MAX },
      scale,
      precision: DIGITS_MAX,
      repetition_type: 'OPTIONAL',
    },
    encode: (text) => {
      const [whole = '0', fraction = ''] = text.split('.');
      return BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
    },
  };
}

function tooLong(name: string): CostGuardError {
  return new CostGuardError(
    'unsupported',
    `${name} has more than ${DIGITS_MAX} digits in these charges, which is all that a Parquet decimal holds; export CSV instead.`,
  );
}

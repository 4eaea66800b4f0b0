import type { ParquetParsers, SchemaElement } from 'hyparquet';

/** One column of a Parquet file and how its values become the texts that a CSV file would have. */
export interface RawColumn {
  name: string;
  /** Position among the columns of the file. */
  at: number;
  isNested: boolean;
  /** Whether its values are binary floating point. */
  isBinary: boolean;
  toText: (value: unknown) => string;
}

const utf8 = new TextDecoder();
const decode = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : utf8.decode(bytes);

/** Keeps what the default parsers would make inexact: times to the microsecond, numbers inside JSON. */
export const PARQUET_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis) => instant(millis, 3),
  timestampFromMicroseconds: (micros) => instant(micros, 6),
  timestampFromNanoseconds: (nanos) => instant(nanos, 9),
  dateFromDays: (days) => instant(BigInt(days) * 86_400n, 0),
  stringFromBytes: decode,
  jsonFromBytes: decode,
};

/**
 * How one column is read. The type DECIMAL is taken off the element, because the reader would turn its integers into
 * binary floating point: they are divided here, exactly.
 */
export function columnText(element: SchemaElement, at: number): RawColumn {
  const { name, type } = element;
  const isDecimal =
    element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL';
  const scale = element.scale ?? 0;
  if (isDecimal) {
    delete element.converted_type;
    delete element.logical_type;
  }
  return {
    name,
    at,
    isNested: (element.num_children ?? 0) > 0,
    isBinary: type === 'DOUBLE' || type === 'FLOAT',
    toText: isDecimal
      ? (value) => (value == null ? '' : decimal(toInteger(value), scale))
      : type === 'FLOAT'
        ? (value) => (typeof value === 'number' ? shortestFloat(value) : '')
        : plainText,
  };
}

function plainText(value: unknown): string {
  if (value == null) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return utf8.decode(value);
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** The fewest digits that give the same value of 32 bits. */
function shortestFloat(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

function toInteger(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  if (!(value instanceof Uint8Array))
    throw new TypeError('A decimal is neither integer nor bytes.');
  let result = 0n;
  for (const byte of value) result = (result << 8n) | BigInt(byte);
  return BigInt.asIntN(value.length * 8, result);
}

function decimal(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  const sign = unscaled < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** An instant as text from a count of parts of a second since 1970. */
function instant(count: bigint, places: number): string {
  const unit = 10n ** BigInt(places);
  const rest = ((count % unit) + unit) % unit;
  const date = new Date(Number((count - rest) / unit) * 1000);
  if (Number.isNaN(date.getTime())) return 'no time';
  const fraction = places === 0 ? '' : `.${String(rest).padStart(places, '0')}`;
  return `${date.toISOString().slice(0, 19)}${fraction}Z`;
}
